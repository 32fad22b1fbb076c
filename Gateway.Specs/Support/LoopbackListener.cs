using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Gateway.Specs.Support;

/// <summary>Takes connections on loopback and serves each as a spec says, until that is over. Counts them.</summary>
sealed class LoopbackListener : IAsyncDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly Func<Socket, CancellationToken, Task> _serve;
    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentBag<Task> _running = [];
    readonly Task _accepting;
    int _connections;

    /// <param name="serve">Owns the socket, which is closed when the spec is over.</param>
    public LoopbackListener(Func<Socket, CancellationToken, Task> serve)
    {
        _serve = serve;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>When every connection so far has ended by itself: then all has arrived that ever will.</summary>
    public Task FinishedAsync() => Task.WhenAll(_running).WaitAsync(s_patience);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_running).WaitAsync(s_patience);
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
        using var closed = _stop.Token.Register(socket.Dispose);
        try
        {
            await _serve(socket, _stop.Token);
        }
        catch (Exception e) when (e is IOException or AuthenticationException or ObjectDisposedException or SocketException)
        {
            // The peer left or refused; specs judge what it did by what arrived.
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The spec is over.
        }
    }
}
