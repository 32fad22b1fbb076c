using System.Net;
using System.Net.Http.Json;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.Specs.Admin;

public sealed class AdminRolesSpec : IAsyncLifetime, IDisposable
{
    const string Session = $"/v1/sessions/{SampleSession.Id}";

    const string Explain = "/v1/access/explain?subject=zoe&connection=telemetry";

    const string Policy = """
        apiVersion: gateway/v1
        kind: AccessPolicy
        metadata: { name: contractors }
        spec:
          selector: { matchLabels: { team: nobodys } }
          rules: [ { effect: deny, groups: [contractors] } ]
        """;

    /// <summary>Every endpoint, with who may use it.</summary>
    static readonly (string Method, string Path, bool Auditor, bool Operator, bool Viewer)[] s_guarded =
    [
        ("GET", "/v1/sessions", true, true, true),
        ("GET", "/v1/traffic", true, true, true),
        ("GET", Session, true, true, true),
        ("GET", $"{Session}/events", true, false, false),
        ("GET", $"{Session}/key", true, false, false),
        ("POST", $"{Session}/kill", false, true, false),
        ("POST", $"{Session}/erase", false, true, false),
        ("POST", $"{Session}/hold", true, false, false),
        ("POST", $"/v1/sessions/{SampleCluster.RefusedId}/release", true, false, false),
        ("POST", $"{Session}/redrive", false, false, false),
        ("GET", "/v1/search?pattern=x", true, false, false),
        ("GET", "/v1/seal-key", true, false, false),
        ("GET", "/v1/ledger", true, false, false),
        ("GET", $"/v1/ledger/{SampleSession.Id}", true, false, false),
        ("GET", "/v1/nodes", false, true, true),
        ("POST", "/v1/node/drain", false, true, false),
        ("GET", "/v1/connections", false, true, true),
        ("GET", "/v1/connections/telemetry", false, true, true),
        ("POST", "/v1/connections/apply", false, true, false),
        ("PUT", "/v1/connections/telemetry", false, true, false),
        ("DELETE", "/v1/connections/telemetry", false, true, false),
        ("POST", "/v1/connections/telemetry/test", false, true, false),
        ("GET", "/v1/secrets", false, true, false),
        ("PUT", "/v1/secrets/broker", false, true, false),
        ("DELETE", "/v1/secrets/broker", false, true, false),
        ("GET", "/v1/certificates", false, true, true),
        ("GET", "/v1/certificates/edge", false, true, true),
        ("GET", "/v1/certificates/edge/history", true, true, true),
        ("POST", "/v1/certificates/edge/rotate", false, true, false),
        ("POST", "/v1/certificates/edge/revoke", false, true, false),
        ("POST", "/v1/certificates/legacy/import", false, true, false),
        ("POST", "/v1/certificates/edge/key", false, true, false),
        ("DELETE", "/v1/certificates/edge", false, true, false),
        ("GET", "/v1/authorities", false, true, true),
        ("POST", "/v1/authorities", false, true, false),
        ("POST", "/v1/authorities/advance", false, true, false),
        ("POST", "/v1/authorities/back", false, true, false),
        ("GET", "/v1/cluster-key", false, true, true),
        ("POST", "/v1/cluster-key/reseal", false, true, false),
        ("GET", "/v1/acme-accounts", false, true, true),
        ("POST", "/v1/acme-accounts/public/key", false, true, false),
        ("GET", "/v1/audit", true, false, false),
        ("GET", "/v1/access", true, true, true),
        ("GET", Explain, true, true, true),
        ("GET", "/v1/access/policies", true, true, true),
        ("DELETE", "/v1/access/policies/contractors", false, true, false),
        ("POST", "/v1/access/grants", false, true, false),
        ("POST", "/v1/access/grants/01JGRANT/withdraw", false, true, false),
        ("POST", "/v1/access/revocations", false, true, false),
        ("POST", "/v1/access/revocations/lift", false, true, false),
    ];

    static readonly string[] s_open = ["/health/live", "/health/ready", "/metrics", "/v1/authorities.pem", "/v1/login"];

    /// <summary>What takes a good token and no role: it tells people of themselves.</summary>
    static readonly string[] s_personal = ["/openapi/{documentName}.json", "/v1/me", "/v1/me/connections/{name}", "/v1/me/certificate"];

    readonly SealKey _key = SealKey.Ephemeral();
    SampleCluster _cluster = null!;
    AdminHost _host = null!;

    public static TheoryData<string, string, string, HttpStatusCode> Combinations()
    {
        var all = new TheoryData<string, string, string, HttpStatusCode>();
        foreach (var (method, path, auditor, @operator, viewer) in s_guarded)
        {
            all.Add(method, path, "", HttpStatusCode.Unauthorized);
            all.Add(method, path, "forged", HttpStatusCode.Unauthorized);
            all.Add(method, path, "down", HttpStatusCode.ServiceUnavailable);
            all.Add(method, path, "neither", HttpStatusCode.Forbidden);
            all.Add(method, path, "auditor", auditor ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
            all.Add(method, path, "operator", @operator ? Success(path) : HttpStatusCode.Forbidden);
            all.Add(method, path, "viewer", viewer ? Success(path) : HttpStatusCode.Forbidden);
            all.Add(method, path, "both", Success(path));
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public async Task Every_role_gets_exactly_what_is_its_own(string method, string path, string token, HttpStatusCode expected)
    {
        using var client = _host.Client(token.Length == 0 ? null : token);
        if (path.EndsWith("/advance", StringComparison.Ordinal)) _host.Registry.Do(SampleCertificates.Authority(3, AuthorityStage.Prepared, ClusterKey));

        using var answer = await SendAsync(client, method, path);

        Assert.Equal(expected, answer.StatusCode);
        if ((int)expected < 400) return;
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Empty(_cluster.Ended);
        Assert.Equal(0, _cluster.Drains);
    }

    [Theory]
    [InlineData("", HttpStatusCode.Unauthorized)]
    [InlineData("forged", HttpStatusCode.Unauthorized)]
    [InlineData("down", HttpStatusCode.ServiceUnavailable)]
    [InlineData("neither", HttpStatusCode.OK)]
    [InlineData("auditor", HttpStatusCode.OK)]
    public async Task Everybody_may_ask_who_they_are(string token, HttpStatusCode expected)
    {
        using var client = _host.Client(token.Length == 0 ? null : token);

        using var answer = await client.GetAsync("/v1/me");

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("", "telemetry", HttpStatusCode.Unauthorized)]
    [InlineData("neither", "telemetry", HttpStatusCode.OK)]
    [InlineData("neither", "nonesuch", HttpStatusCode.NotFound)]
    [InlineData("operator", "telemetry", HttpStatusCode.NotFound)]
    public async Task How_a_connection_is_reached_is_told_to_whom_it_admits(string token, string connection, HttpStatusCode expected)
    {
        using var client = _host.Client(token.Length == 0 ? null : token);

        using var answer = await client.GetAsync($"/v1/me/connections/{connection}");

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public void There_is_no_endpoint_without_a_rule()
    {
        var endpoints = _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();

        var open = endpoints.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(e => e.RoutePattern.RawText);
        var guarded = endpoints.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is null).ToList();

        Assert.Equal(s_open, open.Order());
        var expected = s_guarded.Select(e => e.Path.Split('?')[0].Replace(SampleSession.Id, "{id}", StringComparison.Ordinal)
            .Replace(SampleCluster.RefusedId, "{id}", StringComparison.Ordinal).Replace("01JGRANT", "{id}", StringComparison.Ordinal)
            .Replace("/telemetry", "/{name}", StringComparison.Ordinal).Replace("/broker", "/{name}", StringComparison.Ordinal)
            .Replace("/edge", "/{name}", StringComparison.Ordinal).Replace("/contractors", "/{name}", StringComparison.Ordinal).Replace("/legacy", "/{name}", StringComparison.Ordinal)
            .Replace("/public/", "/{issuer}/", StringComparison.Ordinal));
        Assert.Equal(expected.Concat(s_personal).Order(), guarded.Select(e => e.RoutePattern.RawText).Order());
        Assert.All(guarded, e => Assert.NotNull(e.Metadata.GetMetadata<IAuthorizeData>()?.Policy));
    }

    [Fact]
    public async Task What_was_wrong_with_a_refused_token_is_in_the_log_and_not_in_the_answer()
    {
        using var client = _host.Client("forged");

        using var answer = await client.GetAsync("/v1/sessions");

        Assert.Equal("Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.DoesNotContain("token-expired", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(_host.Log.All, line => line.Contains("token-expired (exp is in the past)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_is_revoked_steers_nothing_any_more()
    {
        using var client = _host.Client("operator");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/nodes")).StatusCode);

        _host.Registry.Do(SampleRegistry.Of<Revoked>() with { Kind = RevocationKind.Subject, Value = "otto" });

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/nodes")).StatusCode);
        Assert.Contains(_host.Log.All, line => line.Contains("identity-revoked", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Basic YTpi")]
    [InlineData("Bearer")]
    [InlineData("Bearer  ")]
    [InlineData("auditor")]
    public async Task What_is_no_bearer_token_counts_as_none(string header)
    {
        using var client = _host.Client();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);

        using var answer = await client.GetAsync("/v1/sessions?access_token=auditor");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("token-missing", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", HttpStatusCode.Unauthorized)]
    [InlineData("neither", HttpStatusCode.Forbidden)]
    [InlineData("auditor", HttpStatusCode.NotFound)]
    public async Task Strangers_do_not_learn_which_paths_exist(string token, HttpStatusCode expected)
    {
        using var client = _host.Client(token);

        using var answer = await client.GetAsync("/v1/nothing");

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    public async Task InitializeAsync()
    {
        _cluster = SampleCluster.OfThree(_key);
        _host = await AdminHost.StartAsync(_cluster, _key);
        // A policy that cannot be read lets nobody in anywhere, and one without labels is for every connection.
        var policy = SampleRegistry.Of<PolicyPut>() with { Document = Policy };
        _host.Registry.Do(SampleRegistry.Of<ConnectionPut>(), SampleRegistry.Of<SecretPut>(), policy, SampleRegistry.Of<AccessGranted>(), SampleRegistry.Of<Revoked>());
        _host.Registry.Do(SampleCertificates.Active("edge", ClusterKey));
        _host.Registry.Do(SampleCertificates.Authority(1, AuthorityStage.Retired, ClusterKey));
        _host.Registry.Do(SampleCertificates.Authority(2, AuthorityStage.Signing, ClusterKey));
        _host.Registry.Do(SampleRegistry.Of<RecordingHeld>() with { SessionId = SampleCluster.RefusedId });
    }

    ClusterKey ClusterKey => _host.Services.GetRequiredService<ClusterKey>();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose() => _key.Dispose();

    static HttpStatusCode Success(string path) => path switch
    {
        "/v1/node/drain" => HttpStatusCode.Accepted,
        // Whoever may change its key is told that there is no account.
        "/v1/acme-accounts/public/key" => HttpStatusCode.NotFound,
        _ => HttpStatusCode.OK,
    };

    static Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = (method, path) switch
            {
                ("POST", "/v1/connections/apply") => JsonContent.Create(new { documents = SampleRegistry.Document }),
                ("POST", "/v1/access/grants") => JsonContent.Create(new { subject = "zoe", connection = "telemetry", @for = "1h", reason = "spec" }),
                ("POST", "/v1/access/revocations" or "/v1/access/revocations/lift") => JsonContent.Create(new { kind = "token", value = "jti-1", reason = "spec" }),
                ("POST", "/v1/certificates/legacy/import") => JsonContent.Create(
                    SampleCertificates.Elsewhere() is var (chain, key) ? new { chain, key, use = "server" } : null),
                ("POST", "/v1/authorities" or "/v1/authorities/advance" or "/v1/authorities/back") => null,
                ("POST", $"{Session}/redrive") => JsonContent.Create(new { connection = "telemetry", reason = "spec" }),
                ("POST", _) => JsonContent.Create(new { reason = "spec" }),
                ("PUT", _) => new StringContent(path.Contains("secrets", StringComparison.Ordinal) ? "s3cret" : SampleRegistry.Document),
                _ => null,
            },
        };
        return client.SendAsync(request);
    }
}
