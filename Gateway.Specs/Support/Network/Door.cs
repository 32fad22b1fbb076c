using System.Net;
using System.Net.Sockets;

namespace Gateway.Specs.Support.Network;

/// <summary>A way from one network into another: whoever connects to the listener is connected to the address behind it, until one of them hangs up.</summary>
sealed class Door : IAsyncDisposable
{
    readonly Socket _listener;
    readonly Func<Socket> _make;
    readonly IPEndPoint _behind;
    readonly CancellationTokenSource _stop = new();
    readonly Task _accepting;
    volatile TaskCompletionSource _open = Opened();

    /// <param name="listener">Bound, in the one network.</param>
    /// <param name="make">A socket in the other.</param>
    /// <param name="behind">An address in the other.</param>
    public Door(Socket listener, Func<Socket> make, IPEndPoint behind)
    {
        (_listener, _make, _behind) = (listener, make, behind);
        _accepting = AcceptAsync();
    }

    public static Socket Listener(IPEndPoint at)
    {
        var listener = Client();
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(at);
        listener.Listen(512);
        return listener;
    }

    public static Socket Client() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>Nothing passes from now on, and nobody is told.</summary>
    public void Shut() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What waited passes.</summary>
    public void Open() => _open.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Open();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true) _ = PassAsync(await _listener.AcceptAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The spec is over.
        }
    }

    async Task PassAsync(Socket here)
    {
        using var front = here;
        using var back = _make();
        try
        {
            await _open.Task;
            await back.ConnectAsync(_behind, _stop.Token);
            Task[] both = [PumpAsync(front, back), PumpAsync(back, front)];
            // The end of one direction is not the end of the other; a reset is.
            await await Task.WhenAny(both);
            await Task.WhenAll(both);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One of them hung up, or nobody is there.
        }
    }

    async Task PumpAsync(Socket from, Socket to)
    {
        var bytes = new byte[64 * 1024];
        for (int count; (count = await from.ReceiveAsync(bytes, _stop.Token)) > 0;)
        {
            await _open.Task;
            for (var sent = 0; sent < count;) sent += await to.SendAsync(bytes.AsMemory(sent, count - sent), _stop.Token);
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
