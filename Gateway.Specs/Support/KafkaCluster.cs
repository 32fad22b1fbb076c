using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gateway.Specs.Support;

/// <summary>
/// A Kafka cluster that takes nothing but TLS and one user's SASL PLAIN: librdkafka's brokers, each behind a front that asks for the password and
/// keeps what came. The cluster tells the fronts' addresses as its own.
/// </summary>
sealed class KafkaCluster : IAsyncDisposable
{
    public const string UserName = "gateway";
    const short SaslHandshake = 17;
    const short ApiVersions = 18;
    const short SaslAuthenticate = 36;
    const short UnsupportedMechanism = 33;
    const short AuthenticationFailed = 58;

    readonly List<TlsUpstream> _fronts = [];
    readonly Lock _lock = new();
    readonly List<byte[]> _requests = [];

    public KafkaCluster(X509Certificate2 certificate, int brokers = 1)
    {
        Mock = new LibrdkafkaMock(brokers);
        for (var i = 0; i < brokers; i++)
        {
            var port = Mock.Ports[i];
            var front = new TlsUpstream(certificate, client => ServeAsync(client, port));
            _fronts.Add(front);
            Mock.Advertise(i + 1, "localhost", front.Port);
        }
    }

    public LibrdkafkaMock Mock { get; }

    /// <summary>What clients must never see.</summary>
    public string Password { get; } = $"canary-{Guid.NewGuid():N}";

    public int Port => _fronts[0].Port;

    public IReadOnlyList<int> Ports => [.. _fronts.Select(f => f.Port)];

    /// <summary>Connections to each broker.</summary>
    public IReadOnlyList<int> Connections => [.. _fronts.Select(f => f.Connections)];

    /// <summary>Every request that reached a broker, without its size.</summary>
    public IReadOnlyList<byte[]> Requests
    {
        get
        {
            lock (_lock) return [.. _requests];
        }
    }

    /// <summary>Whether these bytes reached a broker.</summary>
    public bool Got(string text) => Requests.Any(r => r.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public async ValueTask DisposeAsync()
    {
        foreach (var front in _fronts) await front.DisposeAsync();
        Mock.Dispose();
    }

    async Task ServeAsync(SslStream client, int port)
    {
        using var broker = new TcpClient();
        await broker.ConnectAsync(IPAddress.Loopback, port);
        var far = broker.GetStream();
        using var writing = new SemaphoreSlim(1);
        var answers = CopyAsync(far, client, writing);
        var isLoggedIn = false;
        while (await RequestAsync(client) is { } request)
        {
            lock (_lock) _requests.Add(request);
            var key = (short)(request[0] << 8 | request[1]);
            if (key is SaslHandshake or SaslAuthenticate)
            {
                (var answer, isLoggedIn) = Sasl(key, request);
                await WriteAsync(client, Framed(answer), writing);
                if (key == SaslAuthenticate && !isLoggedIn) break;
            }
            else if (isLoggedIn || key == ApiVersions)
            {
                await far.WriteAsync(Framed(request));
            }
            else
            {
                break;
            }
        }

        broker.Client.Shutdown(SocketShutdown.Send);
        await answers;
        await client.ShutdownAsync();
    }

    // SaslHandshake v1 and SaslAuthenticate v0 are all that comes here; the body follows a client id.
    (byte[] Answer, bool IsLoggedIn) Sasl(short key, byte[] request)
    {
        var body = 10 + (request[8] << 8 | request[9]);
        var correlation = request[4..8];
        if (key == SaslHandshake)
        {
            var isPlain = request.AsSpan(body + 2).SequenceEqual("PLAIN"u8);
            return ([.. correlation, 0, (byte)(isPlain ? 0 : UnsupportedMechanism), 0, 0, 0, 1, 0, 5, .. "PLAIN"u8], false);
        }

        var isRight = request.AsSpan(body + 4).SequenceEqual(Encoding.UTF8.GetBytes($"\0{UserName}\0{Password}"));
        return ([.. correlation, 0, (byte)(isRight ? 0 : AuthenticationFailed), 0xFF, 0xFF, 0, 0, 0, 0], isRight);
    }

    static async Task CopyAsync(Stream broker, SslStream client, SemaphoreSlim writing)
    {
        var buffer = new byte[64 * 1024];
        while (await broker.ReadAsync(buffer) is > 0 and var length) await WriteAsync(client, buffer.AsMemory(0, length), writing);
    }

    static async Task WriteAsync(SslStream client, ReadOnlyMemory<byte> bytes, SemaphoreSlim writing)
    {
        await writing.WaitAsync();
        try
        {
            await client.WriteAsync(bytes);
        }
        finally
        {
            writing.Release();
        }
    }

    static async Task<byte[]?> RequestAsync(SslStream client)
    {
        var size = new byte[4];
        if (await client.ReadAtLeastAsync(size, size.Length, throwOnEndOfStream: false) < size.Length) return null;
        var request = new byte[size[0] << 24 | size[1] << 16 | size[2] << 8 | size[3]];
        await client.ReadExactlyAsync(request);
        return request;
    }

    static byte[] Framed(byte[] frame) => [(byte)(frame.Length >> 24), (byte)(frame.Length >> 16), (byte)(frame.Length >> 8), (byte)frame.Length, .. frame];
}
