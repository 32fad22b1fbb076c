using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.Events;
using Gateway.Specs.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Events;

public sealed class HttpOutletSpec : IAsyncLifetime, IDisposable
{
    static readonly AuditEvent[] s_batch =
    [
        new(1, "one:1", "session-opened", "2026-01-02T03:04:05.000000Z", EventSeverity.Info, "node1", "Sällskap"),
        new(1, "one:2", "session-ended", "2026-01-02T03:04:06.000000Z", EventSeverity.Notice, "node1", "over") { At = 1_767_323_046_000_000 },
    ];

    readonly byte[][] _keys = [RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(24)];
    readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    readonly TestCertificates _authority = new();
    readonly ConfigurationFolder _folder = new();
    WebhookServer _server = null!;

    [Fact]
    public async Task A_batch_is_signed_with_every_key_over_id_time_and_body()
    {
        await SendAsync(Webhook());

        var request = Assert.Single(_server.Requests);
        Assert.Equal("1767323045", request.Headers["webhook-timestamp"]);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{request.Headers["webhook-id"]}.1767323045."), .. request.Body];
        Assert.Equal(_keys.Select(key => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, signed))}"), request.Headers["webhook-signature"].Split(' '));
        Assert.Equal("application/json", request.Headers["content-type"]);
        Assert.Equal(["one:1", "one:2"], _server.EventIds);
    }

    [RequiresFact("openssl")]
    public async Task Openssl_finds_the_signature_good()
    {
        await SendAsync(Webhook());
        var request = Assert.Single(_server.Requests);
        var signed = _folder.PathOf("signed");
        await File.WriteAllBytesAsync(signed, [.. Encoding.UTF8.GetBytes($"{request.Headers["webhook-id"]}.{request.Headers["webhook-timestamp"]}."), .. request.Body]);

        var digest = await Tool.RunAsync("openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", $"hexkey:{Convert.ToHexString(_keys[0])}", signed);

        var hex = digest.Output.Trim().Split(' ')[^1];
        Assert.StartsWith($"v1,{Convert.ToBase64String(Convert.FromHexString(hex))} ", request.Headers["webhook-signature"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, null, null)]
    [InlineData(429, "17", 17)]
    [InlineData(503, "Fri, 02 Jan 2026 03:05:05 GMT", 60)]
    [InlineData(302, null, null)]
    public async Task What_is_no_success_is_not_taken_and_says_when_to_come_back(int status, string? after, int? seconds)
    {
        _server.Answer = (status, after);

        var refused = await Assert.ThrowsAsync<OutletException>(() => SendAsync(Webhook()));

        Assert.Equal($"answers {status}", refused.Message);
        Assert.Equal(seconds, refused.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task A_server_of_another_authority_is_told_nothing()
    {
        using var other = new TestCertificates("Other CA");

        var refused = await Assert.ThrowsAsync<OutletException>(
            () => SendAsync(Webhook() with { AuthoritiesFile = other.WriteAuthority(_folder.PathOf("other.crt")) }));

        Assert.StartsWith("cannot be reached", refused.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task A_collector_is_posted_otlp_logs_with_its_token()
    {
        await SendAsync(Webhook() with { Kind = OutletKind.Otlp, SigningKeysFile = null, TokenFile = _folder.WriteSecret("token", "sesame\n") });

        var request = Assert.Single(_server.Requests);
        Assert.Equal("Bearer sesame", request.Headers["authorization"]);
        using var json = JsonDocument.Parse(request.Body);
        var records = json.RootElement.GetProperty("resourceLogs")[0].GetProperty("scopeLogs")[0].GetProperty("logRecords");
        Assert.Equal(2, records.GetArrayLength());
        Assert.Equal("1767323046000000000", records[1].GetProperty("timeUnixNano").GetString());
        Assert.Equal(("gateway.session-ended", 10), (records[1].GetProperty("eventName").GetString(), records[1].GetProperty("severityNumber").GetInt32()));
        Assert.Equal(Encoding.ASCII.GetString(s_batch[1].ToBytes()), records[1].GetProperty("body").GetProperty("stringValue").GetString());
    }

    [Theory]
    [InlineData("""{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"too old"}}""", 1)]
    [InlineData("""{"partialSuccess":{"rejectedLogRecords":2}}""", 2)]
    [InlineData("""{"partialSuccess":{"rejectedLogRecords":"9223372036854775807"}}""", 2)]
    [InlineData("""{"partialSuccess":{"rejectedLogRecords":"-1"}}""", 0)]
    [InlineData("""{"partialSuccess":{"errorMessage":"slow down"}}""", 0)]
    [InlineData("""{"partialSuccess":null}""", 0)]
    [InlineData("[]", 0)]
    [InlineData("<html>", 0)]
    [InlineData("""{"partialSuccess":{"rejectedLogRecords":"\ud800"}}""", 0)]
    [InlineData("", 0)]
    public async Task What_a_collector_rejects_of_a_batch_it_took_is_known(string says, int rejected)
    {
        _server.Answer = (200, null);
        _server.Says = says;

        Assert.Equal(rejected, await SendAsync(Webhook() with { Kind = OutletKind.Otlp, SigningKeysFile = null }));
    }

    public async Task InitializeAsync() => _server = await WebhookServer.StartAsync(_authority.Server());

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    OutletOptions Webhook() => new()
    {
        Name = "siem",
        Address = _server.Url,
        AuthoritiesFile = _authority.WriteAuthority(_folder.PathOf("authority.crt")),
        SigningKeysFile = _folder.WriteSecret("keys", string.Join('\n', _keys.Select(key => $"whsec_{Convert.ToBase64String(key)}"))),
    };

    async Task<int> SendAsync(OutletOptions options)
    {
        using var outlet = new HttpOutlet(options, _time);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await outlet.SendAsync(s_batch, limit.Token);
    }
}
