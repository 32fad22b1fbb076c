using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors;
using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Actors.Tls;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Identify;

public sealed class IdentificationSpec : IAsyncLifetime, IDisposable
{
    readonly HandshakeBench _bench = new();
    readonly TestCertificates _cameras = new("Camera CA");
    FakeIssuer _issuer = null!;
    Identification _identification = null!;

    public async Task InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        var verifier = new TokenVerifier([_issuer.Options()], TimeProvider.System, new CollectedLog<TokenVerifier>());
        _identification = new Identification(verifier, new NoAccounts(), TimeProvider.System);
    }

    public async Task DisposeAsync() => await _issuer.DisposeAsync();

    public void Dispose()
    {
        _bench.Dispose();
        _cameras.Dispose();
    }

    [Fact]
    public async Task A_sound_token_makes_the_subject_whatever_user_name_comes_with_it()
    {
        var connection = await ConnectAsync(issuers: ["main"]);
        var token = _issuer.Mint(new TokenContent { Groups = "staff" });

        var subject = await IdentifyAsync(connection, new ClientProof("mallory", token, null));

        Assert.True(subject.IsGranted, subject.Detail);
        Assert.Equal(("alice", "main", connection), (subject.Value.Name, subject.Value.Issuer, subject.Value.Connection));
        Assert.Equal(["staff"], subject.Value.Groups);
        Assert.NotNull(subject.Value.Expires);
    }

    [Fact]
    public async Task A_sound_token_is_believed_rather_than_the_certificate_beside_it()
    {
        var connection = await ConnectAsync(issuers: ["main"], _cameras.Client("camera-17"));

        var subject = await IdentifyAsync(connection, new ClientProof(null, _issuer.Mint(), null));

        Assert.Equal("alice", subject.Value.Name);
    }

    [Fact]
    public async Task A_bad_token_is_refused_in_spite_of_a_sound_certificate()
    {
        var connection = await ConnectAsync(issuers: ["main"], _cameras.Client("camera-17"));

        var subject = await IdentifyAsync(connection, new ClientProof(null, _issuer.MintForeign(), null));

        Assert.Equal(Refusal.TokenSignatureInvalid, subject.Refusal);
    }

    [Fact]
    public async Task A_token_of_an_issuer_that_is_configured_but_not_for_this_connection_is_refused()
    {
        var connection = await ConnectAsync(issuers: ["another"]);

        var subject = await IdentifyAsync(connection, new ClientProof(null, _issuer.Mint(), null));

        Assert.Equal(Refusal.TokenIssuerUnknown, subject.Refusal);
    }

    [Theory]
    [InlineData("main")]
    [InlineData()]
    public async Task A_certificate_makes_the_subject_when_no_token_comes(params string[] issuers)
    {
        var certificate = _cameras.Client("camera-17", "cameras");
        var connection = await ConnectAsync(issuers, certificate);

        var subject = await IdentifyAsync(connection, ClientProof.CertificateOnly);

        Assert.Equal(("camera-17", "CN=Camera CA"), (subject.Value.Name, subject.Value.Issuer));
        Assert.Equal(["cameras"], subject.Value.Groups);
        Assert.Equal(certificate.NotAfter.ToUniversalTime(), subject.Value.Expires!.Value.UtcDateTime);
    }

    [Fact]
    public async Task A_password_counts_for_nothing_where_no_tokens_are_accepted()
    {
        var withCertificate = await ConnectAsync(issuers: [], _cameras.Client("camera-17"));
        var without = await ConnectAsync(issuers: []);
        var proof = new ClientProof("camera-17", "a password", null);

        var subject = await IdentifyAsync(withCertificate, proof);
        var refused = await IdentifyAsync(without, proof);

        Assert.Equal("camera-17", subject.Value.Name);
        Assert.Equal(Refusal.ClientCertificateMissing, refused.Refusal);
    }

    [Fact]
    public async Task A_certificate_that_names_nobody_is_refused()
    {
        var connection = await ConnectAsync(issuers: ["main"], _cameras.Issue(new TestCertificate()));

        var subject = await IdentifyAsync(connection, ClientProof.CertificateOnly);

        Assert.Equal(Refusal.ClientCertificateMisused, subject.Refusal);
    }

    [Fact]
    public async Task Who_brings_nothing_is_told_what_is_missing()
    {
        var tokens = await IdentifyAsync(await ConnectAsync(issuers: ["main"]), ClientProof.CertificateOnly);
        var certificates = await IdentifyAsync(await ConnectAsync(issuers: []), ClientProof.CertificateOnly);

        Assert.Equal((Refusal.TokenMissing, Refusal.ClientCertificateMissing), (tokens.Refusal, certificates.Refusal));
    }

    Task<Verdict<Subject>> IdentifyAsync(SecuredConnection connection, ClientProof proof) =>
        _identification.IdentifyAsync(connection, proof, _bench.Deadline);

    /// <summary>A connection after a real handshake.</summary>
    async Task<SecuredConnection> ConnectAsync(string[] issuers, X509Certificate2? certificate = null)
    {
        var tls = TestProfiles.Tls13 with { ClientCertificate = ClientCertificateRule.Optional, ClientAuthorities = _cameras.Authorities };
        var profile = TestProfiles.For(tls) with { Access = new AccessRules { Issuers = issuers, Groups = [], Subjects = [] } };
        var (gateway, _) = await _bench.MeetAsync(
            profile, client => client.ClientCertificateContext = certificate is null ? null : Context(certificate));
        Assert.True(gateway.Verdict.IsGranted, gateway.Verdict.Detail);
        return gateway.Verdict.Value;
    }

    static SslStreamCertificateContext Context(X509Certificate2 certificate) =>
        SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
}
