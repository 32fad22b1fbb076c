using System.Text;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Record;

public sealed class SessionRecorderSpec
{
    [Fact]
    public void A_survivor_recovers_a_recording_and_seals_it_with_the_totals_of_the_lost_node()
    {
        using var key = SealKey.Ephemeral();
        var lost = new SessionRecorder(SampleSession.Id);
        var events = new[] { lost.Append(SampleSession.Opened), SampleSession.Chunk(lost, (Direction.ToUpstream, "ask"), (Direction.ToClient, "answer")) };

        var survivor = new SessionRecorder(SampleSession.Id);
        foreach (var e in events)
            survivor.Recover(e);
        var seal = (SessionSealed)survivor.Seal(SampleSession.Closing, "survivor", key).Decode();

        Assert.Equal((1u, 3L, 6L, "survivor"), (seal.Chunks, seal.ToUpstreamBytes, seal.ToClientBytes, seal.SealedBy));
        Assert.True(survivor.IsSealed);
        Assert.Equal(3, survivor.Closing?.ToUpstreamBytes);
    }

    [Fact]
    public void An_event_that_does_not_continue_the_chain_is_not_recovered()
    {
        var recorder = new SessionRecorder(SampleSession.Id);
        var opened = recorder.Append(SampleSession.Opened);
        recorder.Append(SampleSession.Upstream);
        var denied = recorder.Append(SampleSession.Denied);

        var survivor = new SessionRecorder(SampleSession.Id);
        survivor.Recover(opened);

        Assert.Throws<JournalFormatException>(() => survivor.Recover(denied));
    }

    [Fact]
    public void Nothing_follows_a_seal_or_a_refusal()
    {
        using var key = SealKey.Ephemeral();
        var closed = new SessionRecorder(SampleSession.Id);
        closed.Append(SampleSession.Opened);
        closed.Seal(SampleSession.Closing, "node", key);
        var refused = new SessionRecorder(SampleSession.Id);
        refused.Append(SampleSession.Refused);

        Assert.Throws<InvalidOperationException>(() => closed.Append(SampleSession.Upstream));
        Assert.Throws<InvalidOperationException>(() => refused.Append(SampleSession.Opened));
    }

    [Fact]
    public void A_session_begins_with_its_opening()
    {
        var recorder = new SessionRecorder(SampleSession.Id);

        Assert.Throws<InvalidOperationException>(() => recorder.Append(SampleSession.Upstream));
    }

    [Fact]
    public void A_chunk_is_compressed_where_that_shrinks_it_and_kept_raw_where_it_does_not()
    {
        var recorder = new SessionRecorder(SampleSession.Id);
        recorder.Append(SampleSession.Opened);
        var noise = new byte[4096];
        new Random(7).NextBytes(noise);

        var text = (TrafficRecorded)SampleSession.Chunk(recorder, (Direction.ToClient, new string('a', 4096))).Decode();
        var raw = (TrafficRecorded)SampleSession.Chunk(recorder, Direction.ToClient, noise).Decode();

        Assert.Equal((Compression.Zstandard, Compression.None), (text.Compression, raw.Compression));
        Assert.Equal(new string('a', 4096), Encoding.ASCII.GetString(ChunkCodec.Restore(SampleSession.Id, text, key: null)));
        Assert.Equal(noise, ChunkCodec.Restore(SampleSession.Id, raw, key: null));
        Assert.Equal((1u, 4096L), (raw.Index, raw.ToClientOffset));
    }

    [Fact]
    public void An_encrypted_chunk_restores_with_its_key_alone()
    {
        using var key = SampleSession.Key();
        var recorder = new SessionRecorder(SampleSession.Id);
        recorder.EncryptWith(key);
        recorder.Append(SampleSession.Opened);
        var noise = new byte[4096];
        new Random(7).NextBytes(noise);

        var text = (TrafficRecorded)SampleSession.Chunk(recorder, (Direction.ToClient, new string('a', 4096))).Decode();
        var raw = (TrafficRecorded)SampleSession.Chunk(recorder, Direction.ToClient, noise).Decode();

        Assert.Equal((Encryption.Aes256Gcm, Compression.Zstandard, Compression.None), (raw.Encryption, text.Compression, raw.Compression));
        Assert.Equal(new string('a', 4096), Encoding.ASCII.GetString(ChunkCodec.Restore(SampleSession.Id, text, key)));
        Assert.Equal(noise, ChunkCodec.Restore(SampleSession.Id, raw, key));
        Assert.DoesNotContain(Convert.ToHexString(noise.AsSpan(0, 16)), Convert.ToHexString(raw.Payload.Span), StringComparison.Ordinal);
        using var other = RecordingKey.New();
        Assert.Throws<InvalidDataException>(() => ChunkCodec.Restore(SampleSession.Id, raw, other));
        Assert.Throws<InvalidDataException>(() => ChunkCodec.Restore(SampleSession.Id, raw, key: null));
    }

    [Fact]
    public void Operations_are_read_with_the_key_alone_and_nowhere_else()
    {
        using var key = SampleSession.Key();
        var recorder = new SessionRecorder(SampleSession.Id);
        recorder.EncryptWith(key);
        recorder.Append(SampleSession.Opened with { Level = RecordingLevel.Operations });

        recorder.Append(SampleSession.Operations);
        var stored = recorder.Append(SampleSession.Operations);
        var second = (OperationsEncrypted)stored.Decode();

        Assert.Equal((1u, SampleSession.Operations.ToClientBytes), (second.Index, second.ToClientBytes));
        Assert.True(stored.Bytes.AsSpan().IndexOf("commands"u8) < 0);
        Assert.Equal(Shown(SampleSession.Operations), Shown(OperationsCodec.Open(SampleSession.Id, second, key)));
        Assert.Equal(2 * SampleSession.Operations.ToClientBytes, recorder.ToClientBytes);
        using var other = RecordingKey.New();
        Assert.Throws<InvalidDataException>(() => OperationsCodec.Open(SampleSession.Id, second, other));
        Assert.Throws<InvalidDataException>(() => OperationsCodec.Open(SampleSession.Id, second, key: null));
        Assert.Throws<InvalidDataException>(() => OperationsCodec.Open(SampleSession.Id, second with { Index = 0 }, key));
        Assert.Throws<InvalidDataException>(() => OperationsCodec.Open("another", second, key));
    }

    static string Shown(OperationsRecorded recorded) => System.Text.Json.JsonSerializer.Serialize(recorded);

    [Fact]
    public void A_full_draft_takes_no_more_and_says_so()
    {
        var draft = ChunkDraft.Rent(TimeProvider.System);

        var first = draft.Add(Direction.ToClient, new byte[ChunkDraft.Capacity - 1]);
        var second = draft.Add(Direction.ToUpstream, new byte[10]);
        var third = draft.Add(Direction.ToUpstream, new byte[10]);

        Assert.Equal((ChunkDraft.Capacity - 1, 1, 0), (first, second, third));
        Assert.True(draft.IsFull);
        draft.Return();
        Assert.Throws<InvalidOperationException>(draft.Return);
    }
}
