using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Replay;

public class EventFramesSpec
{
    [Fact]
    public async Task Frames_give_back_every_event_byte_for_byte()
    {
        using var key = SealKey.Ephemeral();
        var recording = SampleSession.Recording(key);

        var read = await ReadAsync(await FramedAsync(recording));

        Assert.Equal(recording.Select(e => e.Manifest), read.Select(e => e.Manifest));
        Assert.Equal(recording.Select(e => Convert.ToHexString(e.Bytes)), read.Select(e => Convert.ToHexString(e.Bytes.Span)));
        Assert.Equal([1, 2, 3, 4, 5, 6], read.Select(e => e.SequenceNumber));
    }

    [Fact]
    public async Task A_stream_cut_at_any_byte_is_never_taken_for_a_whole_one()
    {
        using var key = SealKey.Ephemeral();
        var whole = await FramedAsync(SampleSession.Recording(key));

        for (var length = 0; length < whole.Length; length++)
            await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(whole[..length]));
    }

    [Fact]
    public async Task A_declared_length_above_the_cap_is_refused_before_it_sizes_anything()
    {
        byte[] frame = [0, 0, 0, 0, 0, 0, 0, 1, 1, (byte)'x', 0xff, 0xff, 0xff, 0xff];

        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(frame));

        Assert.Equal("Event 1 declares 4294967295 bytes; the cap is 16777216.", fault.Message);
    }

    static async Task<byte[]> FramedAsync(List<StoredEvent> recording)
    {
        var archive = new MemoryArchive(MemoryArchive.SampleRow(ended: true), recording);
        using var stream = new MemoryStream();
        await EventFrames.WriteAsync(archive.ReadAsync(SampleSession.Id, default), stream, default);
        return stream.ToArray();
    }

    static async Task<List<JournaledEvent>> ReadAsync(byte[] bytes)
    {
        var read = new List<JournaledEvent>();
        await foreach (var e in EventFrames.ReadAsync(new MemoryStream(bytes), default))
            read.Add(e);
        return read;
    }
}
