using Akka.Actor;
using Akka.Cluster;
using Gateway.Actors.Accept;

namespace Gateway.Actors.Hosting;

sealed class ConnectionSurvey(ActorSystem system) : IConnectionSurvey
{
    static readonly TimeSpan s_answer = TimeSpan.FromSeconds(2);

    public async Task<IReadOnlyList<NodeServing>> AskAsync(string connection, CancellationToken cancel)
    {
        var members = Cluster.Get(system).State.Members.Where(m => m.HasRole(NodeIdentity.GatewayRole) && m.Status == MemberStatus.Up);
        var answers = await Task.WhenAll(members.Select(member => AskAsync(member, connection, cancel)));
        return [.. answers.OrderBy(a => a.Name, StringComparer.Ordinal)];
    }

    async Task<NodeServing> AskAsync(Member member, string connection, CancellationToken cancel)
    {
        var (key, name) = (Tag(member, NodeIdentity.KeyPrefix), Tag(member, NodeIdentity.NamePrefix));
        try
        {
            var listeners = system.ActorSelection(new RootActorPath(member.Address) / "user" / ListenersActor.Name);
            var shown = await listeners.Ask<ListenersShown>(new ShowListeners(connection), s_answer, cancel);
            return new(key, name, shown.Revision, Given(shown.Address), Given(shown.Problem));
        }
        catch (AskTimeoutException)
        {
            return new(key, name, 0, null, "the node does not answer");
        }
    }

    static string? Given(string text) => text.Length > 0 ? text : null;

    static string Tag(Member member, string prefix) =>
        member.Roles.FirstOrDefault(r => r.StartsWith(prefix, StringComparison.Ordinal)) is { } role ? role[prefix.Length..] : "";
}
