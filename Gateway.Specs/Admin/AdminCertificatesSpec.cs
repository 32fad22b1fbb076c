using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.Specs.Admin;

/// <summary>Who shows a client certificate at the admin API instead of a token.</summary>
public sealed class AdminCertificatesSpec : IAsyncLifetime, IDisposable
{
    static readonly DateTimeOffset s_now = DateTimeOffset.UnixEpoch.AddTicks(SampleRegistry.At * TimeSpan.TicksPerMicrosecond);

    readonly SealKey _key = SealKey.Ephemeral();
    readonly ConfigurationFolder _folder = new();
    readonly TestCertificates _people = new("People CA");
    readonly TestCertificates _strangers = new("Strangers CA");
    readonly SampleCluster _cluster;
    AdminHost _host = null!;

    public AdminCertificatesSpec() => _cluster = SampleCluster.OfThree(_key);

    [Theory]
    [InlineData("GET", "/v1/nodes", "ops", HttpStatusCode.OK)]
    [InlineData("GET", "/v1/nodes", "view", HttpStatusCode.OK)]
    [InlineData("GET", "/v1/nodes", "audit", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/v1/nodes", "sensors", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/v1/audit", "audit", HttpStatusCode.OK)]
    [InlineData("GET", "/v1/audit", "ops", HttpStatusCode.Forbidden)]
    [InlineData("POST", "/v1/node/drain", "ops", HttpStatusCode.Accepted)]
    [InlineData("POST", "/v1/node/drain", "view", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/v1/me", "sensors", HttpStatusCode.OK)]
    public async Task The_groups_it_names_give_the_roles(string method, string path, string group, HttpStatusCode expected)
    {
        using var client = _host.Client(certificate: Issue("deployer", group));

        using var answer = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task It_names_its_subject_as_on_connections_and_the_record_of_acts_says_so()
    {
        using var client = _host.Client(certificate: Issue("deployer", "ops", "audit"));

        using var me = JsonDocument.Parse(await client.GetStringAsync("/v1/me"));
        using var killed = await client.PostAsJsonAsync($"/v1/sessions/{SampleSession.Id}/kill", new { reason = "spec" });

        Assert.Equal("deployer", me.RootElement.GetProperty("name").GetString());
        Assert.Equal("CN=People CA", me.RootElement.GetProperty("issuer").GetString());
        Assert.Equal(["auditor", "operator"], me.RootElement.GetProperty("roles").EnumerateArray().Select(role => role.GetString()).Order());
        Assert.Equal(HttpStatusCode.OK, killed.StatusCode);
        var act = Assert.Single(_host.Registry.Acts).Act;
        Assert.Equal(("deployer", "CN=People CA"), (act.Who, act.Issuer));
    }

    [Theory]
    [InlineData("spiffe://example.org/ops/deployer", HttpStatusCode.OK)]
    [InlineData("spiffe://example.org/other/deployer", HttpStatusCode.Unauthorized)]
    public async Task Rules_say_which_name_counts_and_which_groups_it_has(string uri, HttpStatusCode expected)
    {
        var rule = new AdminSubjectOptions { Issuer = "CN=People CA", Take = "uri", Matching = "spiffe://example.org/ops/*", Groups = ["ops"] };
        await using var host = await StartAsync(new AdminCertificateOptions { Subjects = [rule] });
        using var client = host.Client(certificate: _people.Issue(Sound with { Uris = [uri], Units = ["audit"] }));

        using var answer = await client.GetAsync("/v1/nodes");
        using var audit = await client.GetAsync("/v1/audit");

        Assert.Equal(expected, answer.StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, audit.StatusCode);
    }

    public static TheoryData<string, Refusal> Bad => new()
    {
        { "of another authority", Refusal.ClientCertificateUntrusted },
        { "of itself", Refusal.ClientCertificateUntrusted },
        { "expired", Refusal.ClientCertificateExpired },
        { "not yet valid", Refusal.ClientCertificateNotYetValid },
        { "for servers", Refusal.ClientCertificateMisused },
        { "of nobody", Refusal.ClientCertificateMisused },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task What_is_wrong_with_it_is_in_the_log_and_not_in_the_answer(string which, Refusal refusal)
    {
        using var client = _host.Client(certificate: which switch
        {
            "of another authority" => _strangers.Issue(Sound with { Units = ["ops"] }),
            "of itself" => _people.SelfSigned(Sound with { Units = ["ops"] }),
            "expired" => _people.Issue(Sound with { NotBefore = s_now.AddDays(-2), NotAfter = s_now.AddDays(-1) }),
            "not yet valid" => _people.Issue(Sound with { NotBefore = s_now.AddDays(1), NotAfter = s_now.AddDays(2) }),
            "for servers" => _people.Issue(Sound with { ForClients = false }),
            _ => _people.Issue(Sound with { CommonName = null, Units = ["ops"] }),
        });

        using var counted = new RefusalMeter(_host.Services.GetRequiredService<GatewayMetrics>());
        using var answer = await client.GetAsync("/v1/nodes");

        Assert.Equal(1, counted.LoginsRefused(LoginWay.Certificate, refusal));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        var said = await answer.Content.ReadAsStringAsync();
        Assert.Contains("The client certificate is not accepted", said, StringComparison.Ordinal);
        Assert.DoesNotContain(refusal.Word(), said, StringComparison.Ordinal);
        Assert.Contains(_host.Log.All, line => line.Contains($"A client certificate was refused at the admin API: {refusal.Word()}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_has_to_show_one_who_brings_a_token_and_the_token_counts_where_both_come()
    {
        using var without = _host.Client("auditor");
        using var with = _host.Client("auditor", Issue("deployer", "ops"));
        using var stranger = _host.Client("auditor", _strangers.Issue(Sound));
        using var forged = _host.Client("forged", Issue("deployer", "ops"));

        Assert.Equal(HttpStatusCode.OK, (await without.GetAsync("/v1/audit")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await with.GetAsync("/v1/audit")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await with.GetAsync("/v1/nodes")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/v1/audit")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await forged.GetAsync("/v1/nodes")).StatusCode);
    }

    [Fact]
    public async Task Neither_a_subject_nor_a_certificate_that_was_revoked_is_taken_also_on_a_connection_that_is_open()
    {
        using var certificate = Issue("deployer", "ops");
        using var client = _host.Client(certificate: certificate);
        using var beside = _host.Client("operator", certificate);
        using var other = _host.Client(certificate: Issue("other", "ops"));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/nodes")).StatusCode);

        _host.Registry.Do(SampleRegistry.Of<Revoked>() with { Kind = RevocationKind.Certificate, Value = certificate.SerialNumber });
        _host.Registry.Do(SampleRegistry.Of<Revoked>() with { Kind = RevocationKind.Subject, Value = "other" });

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/nodes")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await beside.GetAsync("/v1/nodes")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync("/v1/nodes")).StatusCode);
        Assert.Contains(_host.Log.All, line => line.Contains("identity-revoked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_outlives_its_certificate_and_the_certificate_does_not_count_any_more()
    {
        using var client = _host.Client(certificate: _people.Issue(Sound with { Units = ["ops"], NotAfter = s_now.AddMinutes(5) }));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/nodes")).StatusCode);

        _host.Time.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/nodes")).StatusCode);
    }

    [Fact]
    public async Task Too_many_bad_ones_shut_their_address_out_and_what_is_open_to_all_asks_for_none()
    {
        await using var host = await StartAsync(new AdminCertificateOptions(), loginFailures: 3);
        using var stranger = host.Client(certificate: _strangers.Issue(Sound));
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/metrics")).StatusCode);
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/v1/nodes")).StatusCode);

        using var good = host.Client(certificate: Issue("deployer", "ops"));

        Assert.Equal(HttpStatusCode.TooManyRequests, (await good.GetAsync("/v1/nodes")).StatusCode);
    }

    [Fact]
    public async Task A_certificate_gets_nobody_another_one()
    {
        using var client = _host.Client(certificate: Issue("deployer", "ops"));
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=x", key, System.Security.Cryptography.HashAlgorithmName.SHA256).CreateSigningRequestPem();

        using var answer = await client.PostAsJsonAsync("/v1/me/certificate", new { request });

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("gets you no other", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authorities_that_are_gone_let_nobody_in_by_certificate_and_tokens_still_count()
    {
        File.Delete(_folder.PathOf("people.crt"));
        using var client = _host.Client(certificate: Issue("deployer", "ops"));
        using var token = _host.Client("operator");

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/nodes")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await token.GetAsync("/v1/nodes")).StatusCode);
        Assert.Contains(_host.Log.All, line => line.Contains("people.crt does not exist", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_of_the_authorities_counts_within_seconds_and_what_is_wrong_with_them_is_logged_once()
    {
        using var stranger = _strangers.Issue(Sound with { Units = ["ops"] });
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(stranger));

        _strangers.WriteAuthority(_folder.PathOf("people.crt"));
        _host.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(stranger));

        File.Delete(_folder.PathOf("people.crt"));
        for (var i = 0; i < 3; i++)
        {
            _host.Time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(stranger));
        }

        Assert.Single(_host.Log.All, line => line.Contains("people.crt does not exist", StringComparison.Ordinal));
    }

    public async Task InitializeAsync() => _host = await StartAsync(new AdminCertificateOptions());

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose()
    {
        _key.Dispose();
        _people.Dispose();
        _strangers.Dispose();
        _folder.Dispose();
    }

    // In a handshake of its own.
    async Task<HttpStatusCode> AskAsync(X509Certificate2 certificate)
    {
        using var client = _host.Client(certificate: certificate);
        using var answer = await client.GetAsync("/v1/nodes");
        return answer.StatusCode;
    }

    // The sample cluster lives at another time than its reader.
    static TestCertificate Sound => new() { CommonName = "deployer", NotBefore = s_now.AddHours(-1), NotAfter = s_now.AddDays(1) };

    X509Certificate2 Issue(string name, params string[] units) => _people.Issue(Sound with { CommonName = name, Units = units });

    Task<AdminHost> StartAsync(AdminCertificateOptions options, int loginFailures = 1000) => AdminHost.StartAsync(
        _cluster, _key, loginFailures, options with { AuthoritiesFile = _people.WriteAuthority(_folder.PathOf("people.crt")) });
}
