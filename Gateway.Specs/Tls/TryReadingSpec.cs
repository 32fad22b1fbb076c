using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Gateway.Actors.Legs;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Tls;

/// <summary>Connections are waited for without a buffer and read without waiting, and nothing that came is left lying meanwhile.</summary>
public sealed class TryReadingSpec : IDisposable
{
    readonly EngineBench _bench = new("openssl", "openssl");

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_comes_ends_the_wait_and_is_read_once(bool isPlain)
    {
        var (gateway, peer, _) = await MeetAsync(isPlain);

        Assert.False(gateway.TryRead(new byte[10], out var count));
        Assert.Equal(0, count);
        for (var i = 0; i < 3; i++)
        {
            var next = WordAsync(gateway, most: 10);
            await peer.WriteAsync("ping"u8.ToArray(), _bench.Deadline);

            Assert.Equal("ping", await next);
            Assert.False(gateway.TryRead(new byte[10], out _));
        }
    }

    [Fact]
    public async Task What_does_not_fit_needs_no_further_word_of_the_system()
    {
        var (gateway, peer, _) = await MeetAsync(isPlain: false);
        await peer.WriteAsync("ping"u8.ToArray(), _bench.Deadline);

        Assert.Equal("pi", await WordAsync(gateway, most: 2));
        Assert.True(gateway.WaitToReadAsync().AsTask().IsCompletedSuccessfully);
        Assert.Equal("ng", await WordAsync(gateway, most: 2));
    }

    /// <summary>More of them than the library takes off the socket at once, all there before the first is read.</summary>
    [Theory]
    [InlineData(1, 8_000)]
    [InlineData(1_000, 1_000)]
    [InlineData(16 * 1024, 40)]
    public async Task Records_of_every_size_are_read_to_the_last(int size, int number)
    {
        var (gateway, peer, _) = await MeetAsync(isPlain: false);
        var sent = RandomNumberGenerator.GetBytes(size * number);
        // Goes on by itself until the system takes no more for a receiver that does not read, which is more than the library takes at once.
        var sending = SendAsync();

        var read = new List<byte>();
        while (read.Count < sent.Length) read.AddRange(await NextAsync(gateway, most: Chunk.Capacity));

        Assert.Equal(sent, read);
        await sending;

        async Task SendAsync()
        {
            for (var at = 0; at < sent.Length; at += size) await peer.WriteAsync(sent.AsMemory(at, size), _bench.Deadline);
        }
    }

    /// <summary>The library asks for the rest alone; what came with it lies in the system, which has told of it already.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(0)]
    public async Task What_comes_together_with_the_rest_of_a_record_is_read_wherever_that_was_cut(int asked)
    {
        var (near, far) = (await _bench.ConnectAsync(), await _bench.ConnectAsync());
        using var handshakes = new CancellationTokenSource();
        var pumps = Task.WhenAll(PumpAsync(far.Server, near.Client, handshakes.Token), PumpAsync(near.Client, far.Server, handshakes.Token));
        var (accepted, dialled) = (_bench.AcceptAsync(near.Server), _bench.DialAsync(far.Client));
        var (gateway, peer) = ((ITryReading)(await accepted).Stream, (await dialled).Stream);
        await peer.WriteAsync("0"u8.ToArray(), _bench.Deadline);
        Assert.Equal("0", await WordAsync(gateway, most: 10));
        await handshakes.CancelAsync();
        await pumps;

        const int record = 5 + 4 + 1 + 16;
        var wire = new byte[2 * record];
        for (var cut = 1; cut < record; cut++)
        {
            Assert.False(gateway.TryRead(new byte[10], out _));
            await peer.WriteAsync("one!"u8.ToArray(), _bench.Deadline);
            await peer.WriteAsync("two!"u8.ToArray(), _bench.Deadline);
            for (var read = 0; read < wire.Length;) read += await far.Server.ReceiveAsync(wire.AsMemory(read), _bench.Deadline);

            await near.Client.SendAsync(wire.AsMemory(0, cut), _bench.Deadline);
            await gateway.WaitToReadAsync().AsTask().WaitAsync(_bench.Deadline);
            Assert.False(gateway.TryRead(new byte[asked], out _));
            var all = WordsAsync(gateway, most: 10, length: 8);
            await near.Client.SendAsync(wire.AsMemory(cut), _bench.Deadline);

            Assert.Equal("one!two!", await all);
        }
    }

    [Fact]
    public async Task A_peer_that_says_goodbye_with_its_last_words_and_stays_connected_is_heard()
    {
        var (gateway, peer, _) = await MeetAsync(isPlain: false);
        Assert.False(gateway.TryRead(new byte[10], out _));

        await peer.WriteAsync("last"u8.ToArray(), _bench.Deadline);
        await ((IHalfClosing)peer).ShutdownAsync();

        Assert.Equal("last", await WordAsync(gateway, most: 10));
        Assert.Empty(await NextAsync(gateway, most: 10));
    }

    /// <summary>The system tells of both at once, or of one after the other: often enough that each is seen.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_ends_with_its_last_words_is_noticed(bool isPlain)
    {
        for (var i = 0; i < 20; i++)
        {
            var (gateway, peer, socket) = await MeetAsync(isPlain);
            Assert.False(gateway.TryRead(new byte[10], out _));

            await peer.WriteAsync("last"u8.ToArray(), _bench.Deadline);
            socket.Shutdown(SocketShutdown.Send);

            Assert.Equal("last", await WordAsync(gateway, most: 10));
            if (isPlain) Assert.Empty(await NextAsync(gateway, most: 10));
            else await Assert.ThrowsAsync<EndOfStreamException>(() => NextAsync(gateway, most: 10));
        }
    }

    [Fact]
    public async Task A_connection_that_is_closed_meanwhile_ends_the_wait()
    {
        var (gateway, _, _) = await MeetAsync(isPlain: false);
        Assert.False(gateway.TryRead(new byte[10], out _));
        var next = NextAsync(gateway, most: 10);

        await ((Stream)gateway).DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => next);
        Assert.Throws<ObjectDisposedException>(() => gateway.TryRead(new byte[10], out _));
    }

    async Task<(ITryReading Gateway, Stream Peer, Socket Socket)> MeetAsync(bool isPlain)
    {
        var pair = await _bench.ConnectAsync();
        if (isPlain)
            return ((ITryReading)_bench.Own(_bench.Server.Wire(pair.Server)), _bench.Own(_bench.Client.Wire(pair.Client)), pair.Client);
        var (gateway, peer) = (_bench.AcceptAsync(pair.Server), _bench.DialAsync(pair.Client));
        return ((ITryReading)(await gateway).Stream, (await peer).Stream, pair.Client);
    }

    async Task<string> WordAsync(ITryReading gateway, int most) => Encoding.ASCII.GetString(await NextAsync(gateway, most));

    async Task<string> WordsAsync(ITryReading gateway, int most, int length)
    {
        var all = "";
        while (all.Length < length) all += await WordAsync(gateway, most);
        return all;
    }

    static async Task PumpAsync(Socket from, Socket to, CancellationToken cancel)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer, cancel)) > 0) await to.SendAsync(buffer.AsMemory(0, count), cancel);
        }
        catch (OperationCanceledException)
        {
            // It has done its part.
        }
    }

    async Task<byte[]> NextAsync(ITryReading gateway, int most)
    {
        var buffer = new byte[most];
        int count;
        do await gateway.WaitToReadAsync().AsTask().WaitAsync(_bench.Deadline);
        while (!gateway.TryRead(buffer, out count));
        return buffer[..count];
    }
}
