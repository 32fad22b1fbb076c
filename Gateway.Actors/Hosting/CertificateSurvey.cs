using Akka.Actor;
using Akka.Cluster;
using Gateway.Actors.Certificates;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Actors.Hosting;

/// <summary>Asks every node how it holds a version of a certificate.</summary>
public interface ICertificateSurvey
{
    /// <summary>One entry per gateway, ordered by name; a node that does not answer in time says so.</summary>
    Task<IReadOnlyList<NodeCertificateView>> AskAsync(string name, uint version, CancellationToken cancel);
}

sealed class CertificateSurvey(ActorSystem system) : ICertificateSurvey
{
    static readonly TimeSpan s_answer = TimeSpan.FromSeconds(3);

    public async Task<IReadOnlyList<NodeCertificateView>> AskAsync(string name, uint version, CancellationToken cancel)
    {
        var members = Cluster.Get(system).State.Members.Where(m => m.HasRole(NodeIdentity.GatewayRole) && m.Status == MemberStatus.Up);
        var answers = await Task.WhenAll(members.Select(member => AskAsync(member, new ShowCertificate(name, version), cancel)));
        return [.. answers.OrderBy(a => a.Name, StringComparer.Ordinal)];
    }

    async Task<NodeCertificateView> AskAsync(Member member, ShowCertificate question, CancellationToken cancel)
    {
        var (key, name) = (Tag(member, NodeIdentity.KeyPrefix), Tag(member, NodeIdentity.NamePrefix));
        try
        {
            var certificates = system.ActorSelection(new RootActorPath(member.Address) / "user" / CertificatesActor.Name);
            var shown = await certificates.Ask<CertificateShown>(question, s_answer, cancel);
            return new(key, name, shown.Holds, shown.Proves, shown.Problem.Length > 0 ? shown.Problem : null);
        }
        catch (AskTimeoutException)
        {
            return new(key, name, false, false, "the node does not answer");
        }
    }

    static string Tag(Member member, string prefix) =>
        member.Roles.FirstOrDefault(r => r.StartsWith(prefix, StringComparison.Ordinal)) is { } role ? role[prefix.Length..] : "";
}
