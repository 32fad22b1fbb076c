using System.Buffers;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Journal;

/// <summary>What passed and was not kept stands at the beginning of whatever event says it.</summary>
public sealed class UnkeptBytesSpec
{
    [Fact]
    public void Every_layout_ever_released_that_counts_bytes_is_known()
    {
        Type[] counting = [typeof(TrafficCounted), typeof(OperationsRecorded), typeof(OperationsEncrypted)];

        Assert.Equal(SessionEventTable.Manifests.Where(known => counting.Contains(known.Type)).Select(known => known.Manifest).Order(), UnkeptBytes.Manifests.Order());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(300, 5_000_000_000)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void The_beginning_says_what_the_whole_event_says(long toUpstream, long toClient)
    {
        SessionEvent[] events =
        [
            SampleSession.Counted with { ToUpstreamBytes = toUpstream, ToClientBytes = toClient },
            SampleSession.Operations with { ToUpstreamBytes = toUpstream, ToClientBytes = toClient },
            SampleSession.EncryptedOperations with { Index = uint.MaxValue, ToUpstreamBytes = toUpstream, ToClientBytes = toClient },
        ];
        string[] manifests = ["s.counted.1", "s.operations.1", "s.operations.2"];

        foreach (var (manifest, e) in manifests.Zip(events))
        {
            var head = Content(manifest, e).AsSpan();
            if (head.Length > UnkeptBytes.Head) head = head[..UnkeptBytes.Head];

            Assert.Equal(new UnkeptBytes(toUpstream, toClient), UnkeptBytes.Read(manifest, head));
        }
    }

    [Fact]
    public void What_is_cut_short_of_another_version_or_of_another_kind_says_nothing()
    {
        var content = Content("s.counted.1", SampleSession.Counted);

        for (var length = 0; length < content.Length; length++)
            Assert.Throws<JournalFormatException>(() => UnkeptBytes.Read("s.counted.1", content.AsSpan(0, length)));
        Assert.Throws<JournalFormatException>(() => UnkeptBytes.Read("s.denied.1", content));
        content[0]++;
        Assert.Throws<JournalFormatException>(() => UnkeptBytes.Read("s.counted.1", content));
    }

    static byte[] Content(string manifest, SessionEvent e)
    {
        var output = new ArrayBufferWriter<byte>();
        SessionEventTable.WriteContent(manifest, e, output);
        return output.WrittenSpan.ToArray();
    }
}
