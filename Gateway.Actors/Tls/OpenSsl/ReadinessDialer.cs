using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>connect(2) without .NET's socket engine; see <see cref="ReadinessStream"/>.</summary>
static class ReadinessDialer
{
    const int Stream = 1;
    const int NonBlocking = 0x800;
    const int CloseOnExec = 0x80000;
    const int InProgress = 115;
    const int Inet = 2;
    const int Inet6 = 10;

    /// <summary>Tries the host's addresses in the resolver's order until one answers; throws what the last one said.</summary>
    /// <exception cref="SocketException">The name does not resolve, or no address could be reached.</exception>
    public static async Task<Socket> DialAsync(string host, int port, ReadinessLoop loop, CancellationToken cancel)
    {
        // An address is returned as it is, without a resolver.
        var addresses = await Dns.GetHostAddressesAsync(host, cancel).ConfigureAwait(false);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        for (var i = 0; ; i++)
        {
            try
            {
                return await DialAsync(new IPEndPoint(addresses[i], port), loop, cancel).ConfigureAwait(false);
            }
            catch (SocketException) when (i + 1 < addresses.Length)
            {
                // The next one may answer.
            }
        }
    }

    static async Task<Socket> DialAsync(IPEndPoint to, ReadinessLoop loop, CancellationToken cancel)
    {
        var handle = Begin(to, out var isConnected);
        try
        {
            if (!isConnected)
            {
                using var readiness = new SocketReadiness(handle, loop);
                await readiness.Writer.For(Readiness.Write, cancel).ConfigureAwait(false);
            }

            // From here on the socket knows its peer; it asks the system.
            var socket = new Socket(handle);
            try
            {
                var error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
                if (error != 0) throw new SocketException(error);
                return socket;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    static unsafe SafeSocketHandle Begin(IPEndPoint to, out bool isConnected)
    {
        var family = to.AddressFamily == AddressFamily.InterNetworkV6 ? Inet6 : Inet;
        var descriptor = LibC.socket(family, Stream | NonBlocking | CloseOnExec, 0);
        if (descriptor < 0) throw Fault();
        var handle = new SafeSocketHandle(descriptor, ownsHandle: true);
        var address = to.Serialize();
        fixed (byte* start = address.Buffer.Span)
        {
            isConnected = LibC.connect(handle, start, address.Size) == 0;
            if (isConnected || Marshal.GetLastPInvokeError() == InProgress) return handle;
        }

        var fault = Fault();
        handle.Dispose();
        throw fault;
    }

    // The system's number; .NET's exception translates numbers of its own.
    static SocketException Fault()
    {
        var cause = new Win32Exception(Marshal.GetLastPInvokeError());
        return new SocketException((int)SocketError.SocketError, cause.Message);
    }
}
