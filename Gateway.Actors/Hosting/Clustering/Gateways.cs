using Akka.Actor;
using Akka.Cluster;

namespace Gateway.Actors.Hosting.Clustering;

/// <summary>The gateways among the members, and what their roles say of them.</summary>
static class Gateways
{
    /// <summary>Those that are up, reachable or not.</summary>
    public static IEnumerable<Member> Up(ActorSystem system) => Up(Cluster.Get(system).State.Members);

    /// <summary>The same of these members.</summary>
    public static IEnumerable<Member> Up(IEnumerable<Member> members) =>
        members.Where(m => m.Status == MemberStatus.Up && m.HasRole(NodeIdentity.GatewayRole));

    /// <summary>The key of its process; empty for one that has none, such as a lighthouse.</summary>
    public static string Key(this Member member) => Tag(member, NodeIdentity.KeyPrefix);

    /// <summary>What its operators call it; empty likewise.</summary>
    public static string Name(this Member member) => Tag(member, NodeIdentity.NamePrefix);

    /// <summary>An actor of that name below <c>/user</c> on a member.</summary>
    public static ActorSelection Actor(ActorSystem system, Address member, string name) => system.ActorSelection(new RootActorPath(member) / "user" / name);

    /// <summary>Asks the actor of that name on every one; in the order of their names, where one that does not answer is told by <paramref name="silent"/>.</summary>
    public static async Task<IReadOnlyList<TView>> AskAsync<TAnswer, TView>(
        ActorSystem system, string actor, IClusterMessage question, TimeSpan patience, Func<Member, TAnswer, TView> view, Func<Member, TView> silent,
        CancellationToken cancel)
    {
        var members = Up(system).OrderBy(Name, StringComparer.Ordinal);
        return await Task.WhenAll(members.Select(AskOneAsync)).ConfigureAwait(false);

        async Task<TView> AskOneAsync(Member member)
        {
            try
            {
                return view(member, await Actor(system, member.Address, actor).Ask<TAnswer>(question, patience, cancel).ConfigureAwait(false));
            }
            catch (AskTimeoutException)
            {
                return silent(member);
            }
        }
    }

    static string Tag(Member member, string prefix) =>
        member.Roles.FirstOrDefault(r => r.StartsWith(prefix, StringComparison.Ordinal)) is { } role ? role[prefix.Length..] : "";
}
