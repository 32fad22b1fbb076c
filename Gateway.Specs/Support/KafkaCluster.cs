using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gateway.Specs.Support;

/// <summary>
/// A Kafka cluster that takes nothing but TLS and one user's SASL login: librdkafka's brokers, each behind a front that asks for the proof and keeps
/// what came. The cluster tells the fronts' addresses as its own.
/// </summary>
sealed class KafkaCluster : IKafkaBrokers, IAsyncDisposable
{
    public const string UserName = "gateway";
    const short ApiVersions = 18;

    readonly List<TlsUpstream> _fronts = [];
    readonly Lock _lock = new();
    readonly List<byte[]> _requests = [];
    readonly List<KafkaSasl> _logins = [];
    readonly KafkaLoginRules _rules;
    readonly CancellationTokenSource _stop = new();

    public KafkaCluster(X509Certificate2 certificate, int brokers = 1, KafkaLoginRules? rules = null)
    {
        _rules = rules ?? new KafkaLoginRules();
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

    /// <summary>How often each connection that came so far has logged in.</summary>
    public IReadOnlyList<int> Logins
    {
        get
        {
            lock (_lock) return [.. _logins.Select(login => login.Logins)];
        }
    }

    /// <summary>Whether these bytes reached a broker.</summary>
    public bool Got(string text) => Requests.Any(r => r.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0);

    public async ValueTask DisposeAsync()
    {
        // A broker that still owes an answer is not waited for.
        await _stop.CancelAsync();
        foreach (var front in _fronts) await front.DisposeAsync();
        Mock.Dispose();
        _stop.Dispose();
    }

    async Task ServeAsync(SslStream client, int port)
    {
        using var broker = new TcpClient();
        using var stopped = _stop.Token.Register(broker.Dispose);
        await broker.ConnectAsync(IPAddress.Loopback, port);
        // When it is stopped in the middle, the client has no socket any more, and this one is closed.
        var socket = broker.Client;
        var far = broker.GetStream();
        using var writing = new SemaphoreSlim(1);
        var asked = new StrongBox<short?>();
        using var answered = new SemaphoreSlim(0);
        var outstanding = 0;
        var answers = CopyAsync(far, client, writing, asked, answered);
        var sasl = new KafkaSasl(_rules, UserName, Password);
        lock (_lock) _logins.Add(sasl);
        while (await KafkaWire.FrameAsync(client) is { } request)
        {
            lock (_lock) _requests.Add(request);
            var key = BinaryPrimitives.ReadInt16BigEndian(request);
            if (key != KafkaSasl.Handshake && key != KafkaSasl.Authenticate) asked.Value ??= key;
            if (key is KafkaSasl.Handshake or KafkaSasl.Authenticate)
            {
                // A broker answers in the order in which it was asked.
                for (; outstanding > 0; outstanding--)
                {
                    if (await Task.WhenAny(answered.WaitAsync(_stop.Token), answers) == answers) break;
                }

                var (answer, goesOn) = sasl.Read(request);
                if (answer.Length > 0) await WriteAsync(client, KafkaWire.Framed(answer), writing);
                if (!goesOn) break;
            }
            else if (sasl.IsLoggedIn || key == ApiVersions)
            {
                outstanding++;
                await far.WriteAsync(KafkaWire.Framed(request));
            }
            else
            {
                break;
            }
        }

        // What it owes is waited for; then it is closed from here: librdkafka's brokers do not always notice that nothing more will come.
        for (; outstanding > 0; outstanding--)
        {
            if (await Task.WhenAny(answered.WaitAsync(_stop.Token), answers) == answers) break;
        }

        socket.Shutdown(SocketShutdown.Both);
        await answers;
        await client.ShutdownAsync();
    }

    async Task CopyAsync(Stream broker, SslStream client, SemaphoreSlim writing, StrongBox<short?> asked, SemaphoreSlim answered)
    {
        var isFirst = true;
        while (await KafkaWire.FrameAsync(broker) is { } answer)
        {
            // To ApiVersions v0: correlation id, error, and per API its key with the first and the last version. librdkafka's brokers know no SASL.
            byte[] told = isFirst && asked.Value == ApiVersions && _rules.Lasts is not null
                ? [.. answer[..9], (byte)(answer[9] + 1), .. answer[10..], 0, (byte)KafkaSasl.Authenticate, 0, 0, 0, 1]
                : answer;
            isFirst = false;
            await WriteAsync(client, KafkaWire.Framed(told), writing);
            answered.Release();
        }
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
}
