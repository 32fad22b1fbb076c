using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Hosting;
using Gateway.Node.PublicHttp;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gateway.Specs.PublicHttp;

public sealed class PublicHttpListenerSpec : IAsyncLifetime, IDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    readonly AcmeAccountKey _key = AcmeAccountKey.Create();
    readonly PendingChallenges _challenges = new(TimeProvider.System);
    PublicHttpListener _listener = null!;

    public async Task InitializeAsync()
    {
        _listener = new PublicHttpListener(new CertificateOptions { HttpAddress = "127.0.0.1", HttpPort = 0 }, _challenges, status: null, NullLoggerFactory.Instance);
        await _listener.StartAsync(CancellationToken.None);
        var until = TimeProvider.System.GetUtcNow().AddMinutes(5);
        Assert.True(_challenges.TryAdd(new(AcmeChallengeKind.Http01, "edge.test", "known_Token-1", _key.Authorize("known_Token-1"), until)));
        Assert.True(_challenges.TryAdd(new(AcmeChallengeKind.TlsAlpn01, "edge.test", "alpn", _key.Authorize("alpn"), until)));
    }

    public async Task DisposeAsync()
    {
        await _listener.StopAsync(CancellationToken.None);
        await _listener.DisposeAsync();
    }

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task A_pending_token_is_answered_with_its_key_authorization_alone()
    {
        var (status, body) = await AskAsync("GET /.well-known/acme-challenge/known_Token-1 HTTP/1.1\r\nHost: edge.test");

        Assert.Equal(("HTTP/1.1 200 OK", $"known_Token-1.{_key.Thumbprint}"), (status, body));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("GET /.well-known/acme-challenge/ HTTP/1.1")]
    [InlineData("GET /.well-known/acme-challenge/unknown HTTP/1.1")]
    [InlineData("GET /.well-known/acme-challenge/known_Token-1/ HTTP/1.1")]
    [InlineData("GET /.well-known/acme-challenge/known_Token-1/x HTTP/1.1")]
    [InlineData("GET /.well-known/acme-challenge/known_token-1 HTTP/1.1")]
    [InlineData("GET /.well-known/acme-challenge/..%2f..%2fappsettings.json HTTP/1.1")]
    [InlineData("GET /.well-known/acme-challenge/alpn HTTP/1.1")]
    [InlineData("GET /health/live HTTP/1.1")]
    [InlineData("GET /metrics HTTP/1.1")]
    [InlineData("GET /api/v1/sessions HTTP/1.1")]
    public async Task Nothing_else_is_there(string request) =>
        Assert.Equal(("HTTP/1.1 404 Not Found", ""), await AskAsync($"{request}\r\nHost: edge.test"));

    [Theory]
    [InlineData("POST /.well-known/acme-challenge/known_Token-1 HTTP/1.1\r\nHost: x\r\nContent-Length: 0", "HTTP/1.1 405 Method Not Allowed")]
    [InlineData("DELETE /.well-known/acme-challenge/known_Token-1 HTTP/1.1\r\nHost: x", "HTTP/1.1 405 Method Not Allowed")]
    [InlineData("GET /.well-known/acme-challenge/known_Token-1 HTTP/1.1\r\nHost: a\r\nHost: b", "HTTP/1.1 400 Bad Request")]
    public async Task Only_what_an_authority_asks_is_understood(string request, string status) => Assert.Equal(status, (await AskAsync(request)).Status);

    [Fact]
    public async Task A_request_line_beyond_a_kilobyte_is_refused() =>
        Assert.Equal("HTTP/1.1 414 URI Too Long", (await AskAsync($"GET /{new string('a', 4000)} HTTP/1.1\r\nHost: x")).Status);

    [Fact]
    public async Task A_token_that_was_withdrawn_is_not_there()
    {
        _challenges.Remove(AcmeChallengeKind.Http01, "known_Token-1");

        Assert.Equal("HTTP/1.1 404 Not Found", (await AskAsync("GET /.well-known/acme-challenge/known_Token-1 HTTP/1.1\r\nHost: edge.test")).Status);
    }

    [Fact]
    public async Task Without_a_port_nothing_listens()
    {
        await using var off = new PublicHttpListener(new CertificateOptions(), _challenges, status: null, NullLoggerFactory.Instance);

        await off.StartAsync(CancellationToken.None);

        Assert.Null(off.Address);
        await off.StopAsync(CancellationToken.None);
    }

    async Task<(string Status, string Body)> AskAsync(string request)
    {
        using var late = new CancellationTokenSource(s_patience);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _listener.Address!.Port, late.Token);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{request}\r\nConnection: close\r\n\r\n"), late.Token);
        var answer = await new StreamReader(client.GetStream()).ReadToEndAsync(late.Token);
        var parts = answer.Split("\r\n\r\n", 2);
        return (parts[0].Split("\r\n")[0], parts[0].Contains("chunked", StringComparison.OrdinalIgnoreCase) ? parts[1].Split("\r\n")[1] : parts[1]);
    }
}
