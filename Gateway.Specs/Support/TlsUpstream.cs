using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Specs.Support;

/// <summary>A real TLS server on loopback that a spec scripts. Counts connections.</summary>
public sealed class TlsUpstream : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly SslServerAuthenticationOptions _options;
    readonly Func<SslStream, Task> _script;
    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentBag<Task> _running = [];
    readonly Task _accepting;
    int _connections;

    public TlsUpstream(X509Certificate2 certificate, Func<SslStream, Task> script)
        : this(new SslServerAuthenticationOptions { ServerCertificate = certificate }, script)
    {
    }

    public TlsUpstream(SslServerAuthenticationOptions options, Func<SslStream, Task> script)
    {
        (_options, _script) = (options, script);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Sends back whatever comes, until the client sends no more.</summary>
    public static async Task EchoAsync(SslStream stream)
    {
        await stream.CopyToAsync(stream);
        await stream.ShutdownAsync();
    }

    /// <summary>When every connection so far has ended by itself: then all has arrived that ever will.</summary>
    public Task FinishedAsync() => Task.WhenAll(_running).WaitAsync(TimeSpan.FromSeconds(10));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_running).WaitAsync(TimeSpan.FromSeconds(10));
        _stop.Dispose();
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true) _running.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The spec is over.
        }
    }

    async Task ServeAsync(Socket socket)
    {
        Interlocked.Increment(ref _connections);
        await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        using var closed = _stop.Token.Register(socket.Dispose);
        try
        {
            await stream.AuthenticateAsServerAsync(_options);
            await _script(stream);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException or ObjectDisposedException or SocketException)
        {
            // The peer left or refused; specs judge what it did by what arrived.
        }
    }
}
