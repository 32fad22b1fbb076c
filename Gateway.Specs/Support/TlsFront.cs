using System.Net;
using System.Net.Sockets;

namespace Gateway.Specs.Support;

/// <summary>
/// Takes one plaintext client on loopback and carries its bytes over the stream that <c>dial</c> makes, so that a spec sees what the client itself sent
/// and received inside TLS.
/// </summary>
sealed class TlsFront : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly Task _serving;

    public TlsFront(Func<Task<Stream>> dial)
    {
        _listener.Start();
        _serving = ServeAsync(dial);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public WireTap Wire { get; } = new();

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving.WaitAsync(TimeSpan.FromSeconds(10));
    }

    async Task ServeAsync(Func<Task<Stream>> dial)
    {
        try
        {
            await using var near = new NetworkStream(await _listener.AcceptSocketAsync(), ownsSocket: true);
            await using var far = await dial();
            await Wire.RelayAsync(near, far);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The spec ended before a client came.
        }
    }
}
