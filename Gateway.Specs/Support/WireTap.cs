using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;

namespace Gateway.Specs.Support;

/// <summary>Stands between two peers and keeps what passes, per direction: the wire's own account, to hold a recording against. For one connection.</summary>
sealed class WireTap
{
    readonly ArrayBufferWriter<byte> _forth = new();
    readonly ArrayBufferWriter<byte> _back = new();
    readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the near peer sent, once both have closed.</summary>
    public async Task<byte[]> ForthAsync() => await KeptAsync(_forth);

    /// <summary>What the far peer sent, once both have closed.</summary>
    public async Task<byte[]> BackAsync() => await KeptAsync(_back);

    /// <summary>Carries everything between the two, half-closes included, until both have closed.</summary>
    public async Task RelayAsync(Stream near, Stream far)
    {
        await Task.WhenAll(CopyAsync(near, far, _forth), CopyAsync(far, near, _back));
        _over.TrySetResult();
    }

    async Task<byte[]> KeptAsync(ArrayBufferWriter<byte> kept)
    {
        await _over.Task.WaitAsync(TimeSpan.FromSeconds(10));
        return kept.WrittenSpan.ToArray();
    }

    static async Task CopyAsync(Stream from, Stream to, ArrayBufferWriter<byte> kept)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int count; (count = await from.ReadAsync(buffer)) > 0;)
            {
                kept.Write(buffer.AsSpan(0, count));
                await to.WriteAsync(buffer.AsMemory(0, count));
            }
        }
        catch (IOException)
        {
            // A peer that leaves without a word has closed, too.
        }

        await FinishAsync(to);
    }

    static async Task FinishAsync(Stream stream)
    {
        try
        {
            if (stream is SslStream tls) await tls.ShutdownAsync();
            else if (stream is NetworkStream plain) plain.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // It left first.
        }
    }
}
