using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Specs.Support;

/// <summary>Clients whose sessions stream without a pause, each byte of which has to come back.</summary>
/// <param name="pause">Between one piece and the next of each client.</param>
public sealed class StreamingClients(TimeSpan pause) : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly List<Task> _running = [];
    readonly List<SslStream> _streams = [];
    long _rounds;
    int _ended;

    /// <summary>Pieces that went out and came back, over all clients.</summary>
    public long Rounds => Interlocked.Read(ref _rounds);

    /// <summary>Clients whose session ended, however.</summary>
    public int Ended => Volatile.Read(ref _ended);

    public int Count => _streams.Count;

    public void Add(SslStream stream)
    {
        _streams.Add(stream);
        _running.Add(StreamAsync(stream));
    }

    /// <summary>Every client has had another piece back since this was called.</summary>
    public Task GoOnAsync()
    {
        var from = Rounds;
        return Eventually.TrueAsync(() => Rounds >= from + (3 * Count));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        foreach (var stream in _streams) await stream.DisposeAsync();
        _stop.Dispose();
    }

    async Task StreamAsync(SslStream stream)
    {
        var (sent, back) = (new byte[512], new byte[512]);
        using var timer = new PeriodicTimer(pause);
        try
        {
            for (byte round = 0; await timer.WaitForNextTickAsync(_stop.Token); round++)
            {
                Array.Fill(sent, round);
                await stream.WriteAsync(sent, _stop.Token);
                await stream.ReadExactlyAsync(back, _stop.Token);
                if (!sent.AsSpan().SequenceEqual(back)) throw new IOException("Other bytes came back.");
                Interlocked.Increment(ref _rounds);
            }
        }
        catch (OperationCanceledException)
        {
            // The spec is over.
        }
        catch (IOException)
        {
            Interlocked.Increment(ref _ended);
        }
    }
}

/// <summary>Handshakes that verify what a gateway shows against roots that a spec may exchange meanwhile.</summary>
public sealed class VerifyingClient(string name, X509Certificate2 own)
{
    volatile X509Certificate2Collection _roots = [];

    public void Trust(string pem)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(pem);
        _roots = roots;
    }

    /// <summary>A session, and the serial number that the gateway was shown with. Throws when the gateway's certificate is not good.</summary>
    public async Task<(SslStream Stream, string Serial, DateTimeOffset NotAfter)> ConnectAsync(IPEndPoint gateway)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_roots);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(gateway);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = name,
                ClientCertificates = [own],
                CertificateChainPolicy = policy,
                // A resumed handshake shows no certificate.
                AllowTlsResume = false,
            });
            using var shown = new X509Certificate2(stream.RemoteCertificate!);
            return (stream, shown.SerialNumber, shown.NotAfter);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>The serial number alone.</summary>
    public async Task<string> SerialAsync(IPEndPoint gateway) => (await LookAsync(gateway)).Serial;

    /// <summary>A handshake that ends as soon as it was seen what is shown.</summary>
    public async Task<(string Serial, DateTimeOffset NotAfter)> LookAsync(IPEndPoint gateway)
    {
        var (stream, serial, notAfter) = await ConnectAsync(gateway);
        await stream.DisposeAsync();
        return (serial, notAfter);
    }
}
