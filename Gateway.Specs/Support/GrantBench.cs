using Gateway.Actors.Authorize;
using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Protocols;

namespace Gateway.Specs.Support;

/// <summary>Grants for an upstream, earned as clients earn them: by a handshake with a certificate.</summary>
public sealed class GrantBench : IDisposable
{
    readonly HandshakeBench _bench = new();
    readonly TestCertificates _people = new("People CA");

    public async Task<Grant> GrantAsync(UpstreamTarget target) =>
        AccessPolicy.Judge(await SubjectAsync(target), AccessFacts.None, TimeProvider.System.GetUtcNow()).Value;

    public async Task<Subject> SubjectAsync(UpstreamTarget target, string name = "anna")
    {
        var tls = TestProfiles.Tls13 with { ClientCertificate = ClientCertificateRule.Required, ClientAuthorities = _people.Authorities };
        var (gateway, _) = await _bench.MeetAsync(
            TestProfiles.For(tls, upstream: target), options => options.ClientCertificates = [_people.Client(name)]);
        return (await new Identification(new NoTokens(), new NoAccounts(), TimeProvider.System).IdentifyAsync(gateway.Verdict.Value, ClientProof.CertificateOnly, _bench.Deadline)).Value;
    }

    public void Dispose()
    {
        _bench.Dispose();
        _people.Dispose();
    }

    sealed class NoTokens : ITokenVerifier
    {
        public Task<Gateway.Actors.Verdict<TokenIdentity>> VerifyAsync(string token, IReadOnlyCollection<string> issuers, CancellationToken cancel) =>
            Task.FromResult<Gateway.Actors.Verdict<TokenIdentity>>(new Gateway.Actors.Refused(Refusal.TokenIssuerUnknown, "no issuers"));
    }
}
