using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Certificates.Status;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Registry;
using Gateway.Actors.Tls.Revocation;
using Gateway.Node.PublicHttp;
using Gateway.Protocols.Journal;
using Gateway.Specs.Certificates.Acme;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Certificates.Status;

/// <summary>Whether certificates of the cluster's own authority are revoked, asked over HTTP as anybody would.</summary>
public sealed class AuthorityStatusSpec : IAsyncLifetime, IDisposable
{
    readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    readonly HeldRegistry _registry = new();
    readonly ClusterKey _key = ClusterKey.Ephemeral();
    readonly ConfigurationFolder _folder = new();
    readonly int _port = FreePort.Next();
    AuthorityStatus _status = null!;
    PublicHttpListener _http = null!;

    string Url => $"http://127.0.0.1:{_port}";

    [RequiresFact("openssl")]
    public async Task Openssl_is_told_by_the_responder_what_is_good_and_what_is_revoked()
    {
        using var first = await IssueAsync("first");
        using var second = await IssueAsync("second");

        Assert.Contains("first.crt: good", await AskAsync("first"), StringComparison.Ordinal);
        Revoke(first, issuer: AuthorityName);

        Assert.Contains("first.crt: revoked", await AskAsync("first"), StringComparison.Ordinal);
        Assert.Contains("second.crt: good", await AskAsync("second"), StringComparison.Ordinal);
    }

    [RequiresFact("openssl")]
    public async Task Openssl_finds_what_is_revoked_on_the_list()
    {
        using var first = await IssueAsync("first");
        using var second = await IssueAsync("second");

        Assert.Equal(0, (await VerifyAsync("first")).ExitCode);
        Revoke(first, issuer: AuthorityName);

        var refused = await VerifyAsync("first");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("certificate revoked", refused.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await VerifyAsync("second")).ExitCode);
    }

    [Fact]
    public async Task The_gateway_itself_asks_where_the_certificate_says()
    {
        using var leaf = await IssueAsync("first");
        using var authority = Authority();
        var rules = new RevocationRules(RevocationRule.Hard, null);
        using (var asking = new CertificateRevocation(_time, NullLogger<CertificateRevocation>.Instance))
            Assert.Null(await asking.ObjectionAsync(leaf, authority, rules, "spec", CancellationToken.None));

        Revoke(leaf, issuer: null);

        using var again = new CertificateRevocation(_time, NullLogger<CertificateRevocation>.Instance);
        Assert.Equal(RevocationState.Revoked, (await again.ObjectionAsync(leaf, authority, rules, "spec", CancellationToken.None))?.State);
    }

    [Fact]
    public async Task What_another_authority_revoked_or_for_a_time_that_is_over_does_not_count()
    {
        using var leaf = await IssueAsync("first");
        Revoke(leaf, issuer: "CN=Somebody else");
        Assert.Equal(RevocationState.Good, await StateAsync(leaf));

        Revoke(leaf, AuthorityName, until: _time.GetUtcNow().AddMinutes(1));
        Assert.Equal(RevocationState.Revoked, await StateAsync(leaf));
        _time.Advance(AuthorityStatus.KeptFor);

        Assert.Equal(RevocationState.Good, await StateAsync(leaf));
    }

    [Fact]
    public async Task What_is_said_is_said_again_without_a_signature_until_something_is_revoked_or_it_is_old()
    {
        using var leaf = await IssueAsync("first");
        using var authority = Authority();
        var question = OcspMessages.Ask(leaf, authority);
        var (answer, list) = (_status.AnswerTo(question), _status.ListOf(1));

        _time.Advance(AuthorityStatus.KeptFor - TimeSpan.FromSeconds(1));
        Assert.Equal((answer, list), (_status.AnswerTo(question), _status.ListOf(1)));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(answer, _status.AnswerTo(question));
        Assert.NotEqual(list, _status.ListOf(1));
    }

    [Fact]
    public async Task What_is_no_question_or_about_a_certificate_of_somebody_else_is_answered_unsigned()
    {
        using var others = new TestCertificates();
        using var http = new HttpClient();

        Assert.Equal([0x30, 0x03, 0x0A, 0x01, 0x06], _status.AnswerTo(OcspMessages.Ask(others.Server(), others.Authority)));
        Assert.Equal([0x30, 0x03, 0x0A, 0x01, 0x01], _status.AnswerTo([]));
        Assert.Equal([0x30, 0x03, 0x0A, 0x01, 0x01], _status.AnswerTo(new byte[AuthorityStatus.LargestQuestion + 1]));
        Assert.Equal([0x30, 0x03, 0x0A, 0x01, 0x01], await http.GetByteArrayAsync($"{Url}/ocsp/%2F%2Fnot-base-64"));
    }

    [Fact]
    public async Task A_question_that_was_cut_or_altered_anywhere_is_answered_too()
    {
        using var leaf = await IssueAsync("first");
        using var authority = Authority();
        var question = OcspMessages.Ask(leaf, authority);

        for (var at = 0; at < question.Length; at++)
        {
            var altered = question.ToArray();
            altered[at] ^= 0x55;
            Assert.Equal(0x30, _status.AnswerTo(altered)[0]);
            Assert.Equal([0x30, 0x03, 0x0A, 0x01, 0x01], _status.AnswerTo(question[..at]));
        }
    }

    [Theory]
    [InlineData("/crl/2.crl")]
    [InlineData("/crl/1")]
    [InlineData("/crl/-1.crl")]
    [InlineData("/crl/99999999999.crl")]
    [InlineData("/crl/")]
    public async Task There_is_no_list_but_those_of_authorities_that_are_trusted(string path)
    {
        using var http = new HttpClient();

        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.GetAsync($"{Url}{path}")).StatusCode);
    }

    [Fact]
    public void A_retired_authority_says_nothing()
    {
        Assert.NotNull(_status.ListOf(1));
        _registry.Do(new AuthorityStaged { Act = SampleRegistry.ActOf("retire"), Generation = 1, Stage = AuthorityStage.Retired });

        Assert.Null(_status.ListOf(1));
    }

    [Fact]
    public async Task A_node_with_another_cluster_key_asks_clients_to_try_later()
    {
        using var leaf = await IssueAsync("first");
        using var authority = Authority();
        var strange = new AuthorityStatus(_registry, ClusterKey.Ephemeral(), _time, NullLogger<AuthorityStatus>.Instance);

        Assert.Null(strange.ListOf(1));
        Assert.Equal([0x30, 0x03, 0x0A, 0x01, 0x03], strange.AnswerTo(OcspMessages.Ask(leaf, authority)));
    }

    public async Task InitializeAsync()
    {
        _registry.Do(InternalSource.Begin(1, signs: true, _key, SampleRegistry.Act, _time.GetUtcNow()));
        _status = new AuthorityStatus(_registry, _key, _time, NullLogger<AuthorityStatus>.Instance);
        _http = new PublicHttpListener(
            new CertificateOptions { HttpAddress = "127.0.0.1", HttpPort = _port }, new PendingChallenges(_time), _status, NullLoggerFactory.Instance);
        await _http.StartAsync(CancellationToken.None);
        var chain = _registry.Current.Certificates.Authorities[1].Chain;
        _folder.Write("authority.crt", Pem(chain[0]));
        _folder.Write("root.crt", Pem(chain[1]));
    }

    public async Task DisposeAsync()
    {
        await _http.StopAsync(CancellationToken.None);
        await _http.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    string AuthorityName
    {
        get
        {
            using var authority = Authority();
            return authority.Subject;
        }
    }

    X509Certificate2 Authority() => X509CertificateLoader.LoadCertificate(_registry.Current.Certificates.Authorities[1].Chain[0].Span);

    async Task<X509Certificate2> IssueAsync(string name)
    {
        var source = new InternalSource(_registry, _key, generation => StatusExtensions.For(Url, generation), _time);
        using var issued = await source.IssueAsync(AcmeOrders.For("edge.test") with { Name = name }, CancellationToken.None);
        _folder.Write($"{name}.crt", Pem(issued.Certificates[0]));
        return X509CertificateLoader.LoadCertificate(issued.Certificates[0].Span);
    }

    void Revoke(X509Certificate2 certificate, string? issuer, DateTimeOffset? until = null) => _registry.Do(new Revoked
    {
        Act = SampleRegistry.ActOf(Guid.NewGuid().ToString()) with { At = UnixMicros.Of(_time.GetUtcNow()) },
        Kind = RevocationKind.Certificate,
        Value = certificate.SerialNumber.TrimStart('0').ToLowerInvariant(),
        ValueIssuer = issuer,
        Until = until is { } end ? UnixMicros.Of(end) : null,
        Reason = "lost",
    });

    async Task<RevocationState> StateAsync(X509Certificate2 leaf)
    {
        using var authority = Authority();
        using var http = new HttpClient();
        var answer = await http.GetByteArrayAsync($"{Url}/ocsp/{Uri.EscapeDataString(Convert.ToBase64String(OcspMessages.Ask(leaf, authority)))}");
        return OcspMessages.Judge(answer, leaf, authority, _time.GetUtcNow()).Finding.State;
    }

    async Task<string> AskAsync(string name)
    {
        var run = await Tool.RunAsync(
            "openssl", "ocsp", "-issuer", _folder.PathOf("authority.crt"), "-cert", _folder.PathOf($"{name}.crt"), "-url", $"{Url}/ocsp", "-CAfile", _folder.PathOf("root.crt"));
        Assert.Contains("Response verify OK", run.Output, StringComparison.Ordinal);
        return run.Output;
    }

    async Task<ToolRun> VerifyAsync(string name)
    {
        using var http = new HttpClient();
        var leaf = X509CertificateLoader.LoadCertificateFromFile(_folder.PathOf($"{name}.crt"));
        var point = leaf.Extensions.Single(e => e.Oid!.Value == "2.5.29.31");
        Assert.Contains($"{Url}/crl/1.crl", System.Text.Encoding.ASCII.GetString(point.RawData), StringComparison.Ordinal);
        await File.WriteAllBytesAsync(_folder.PathOf("list.crl"), await http.GetByteArrayAsync($"{Url}/crl/1.crl"));
        var converted = await Tool.RunAsync("openssl", "crl", "-inform", "DER", "-in", _folder.PathOf("list.crl"), "-out", _folder.PathOf("list.pem"));
        Assert.Equal(0, converted.ExitCode);
        return await Tool.RunAsync(
            "openssl", "verify", "-crl_check", "-CAfile", _folder.PathOf("root.crt"), "-untrusted", _folder.PathOf("authority.crt"), "-CRLfile", _folder.PathOf("list.pem"),
            _folder.PathOf($"{name}.crt"));
    }

    static string Pem(ReadOnlyMemory<byte> der) => System.Security.Cryptography.PemEncoding.WriteString("CERTIFICATE", der.Span) + "\n";
}
