using System.Text;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>What a connection's document says of compression is what its recordings are.</summary>
public sealed class RecordingCompressionSpec : IDisposable
{
    static readonly byte[] s_text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(i => $"reading {i * 7919 % 10_000:D4} of plant {i % 40}\n")));

    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");

    [Theory]
    [InlineData("pipelined", CompressionEffort.Thrifty)]
    [InlineData("pipelined, compression: small", CompressionEffort.Thrifty)]
    [InlineData("pipelined, compression: fast", CompressionEffort.Swift)]
    public async Task A_recording_is_compressed_as_its_connection_says_and_well_where_it_says_nothing(string mode, CompressionEffort effort)
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, upstream.Port, mode);

        await using (var client = await TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, _clients.Client("camera-17")))
        {
            await client.WriteAsync(s_text);
            await client.ShutdownAsync();
            Assert.Equal(s_text, await TlsClient.ReadToEndAsync(client));
        }

        var id = (await node.EndedAsync()).SessionId;
        Assert.Equal(s_text, await node.ReplayAsync(id, Direction.ToUpstream));
        var chunks = 0;
        await foreach (var e in node.Archive.ReadAsync(id, CancellationToken.None))
        {
            if (new StoredEvent(e.Manifest, e.Bytes.ToArray()).Decode() is not TrafficRecorded chunk) continue;
            chunks++;
            Assert.Equal(Compressed(Plain(chunk), effort) + ContentSeal.TagLength, chunk.Payload.Length);
            Assert.NotEqual(Compressed(Plain(chunk), CompressionEffort.Thrifty), Compressed(Plain(chunk), CompressionEffort.Swift));
        }

        Assert.NotEqual(0, chunks);
    }

    public void Dispose()
    {
        _clients.Dispose();
        _upstreams.Dispose();
    }

    // Either direction carries the text.
    static byte[] Plain(TrafficRecorded chunk)
    {
        var (plain, up, down) = (new MemoryStream(), (int)chunk.ToUpstreamOffset, (int)chunk.ToClientOffset);
        foreach (var entry in chunk.Entries)
        {
            ref var at = ref entry.Direction == Direction.ToUpstream ? ref up : ref down;
            plain.Write(s_text, at, entry.Length);
            at += entry.Length;
        }

        return plain.ToArray();
    }

    static int Compressed(byte[] plain, CompressionEffort effort) => ChunkCodec.TryCompress(plain, new byte[plain.Length], effort);
}
