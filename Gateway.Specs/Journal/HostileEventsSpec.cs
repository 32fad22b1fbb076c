using System.Buffers;
using System.Text;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Journal;

/// <summary>
/// Bytes in the journal that no gateway wrote. A reader refuses them with the one exception made for it, and holds nothing for them.
/// </summary>
public sealed class HostileEventsSpec
{
    const string Opened = "s.opened.1";
    const string Traffic = "s.traffic.1";
    const string Denied = "s.denied.1";

    public static TheoryData<string> Manifests => [.. SessionEventTable.Manifests.Select(entry => entry.Manifest)];

    [Theory]
    [MemberData(nameof(Manifests))]
    public void No_event_that_was_cut_short_is_read(string manifest)
    {
        var stored = Golden(manifest);

        for (var length = 0; length < stored.Length; length++)
            Assert.Throws<JournalFormatException>(() => SessionEventTable.ReadStored(manifest, stored.AsSpan(0, length)));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void An_event_with_one_bit_flipped_is_refused_or_is_another_event_that_writes_those_very_bytes(string manifest)
    {
        var content = SessionChain.ContentOf(Golden(manifest)).ToArray();
        var refused = 0;

        for (var bit = 0; bit < content.Length * 8; bit++)
        {
            content[bit / 8] ^= (byte)(1 << (bit % 8));
            refused += IsRefusedOrRewritten(manifest, content) ? 1 : 0;
            content[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.InRange(refused, 8, content.Length * 8);
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Bytes_after_an_event_are_refused(string manifest)
    {
        byte[] content = [.. SessionChain.ContentOf(Golden(manifest)), 0];

        var refused = Assert.Throws<JournalFormatException>(() => SessionEventTable.ReadContent(manifest, content));

        Assert.Equal(content.Length - 1, refused.Offset);
    }

    [Theory]
    [InlineData(Opened, 4096)]
    [InlineData(Opened, 4097)]
    [InlineData(Opened, long.MaxValue)]
    [InlineData(Traffic, 4096)]
    [InlineData(Traffic, int.MaxValue)]
    [InlineData(Denied, 4096)]
    [InlineData(Denied, 1L << 32)]
    public void A_short_event_cannot_size_a_long_list(string manifest, long count)
    {
        var bomb = Bytes(BeforeList(manifest), VarInt(count), [0]);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var refused = Assert.Throws<JournalFormatException>(() => SessionEventTable.ReadContent(manifest, bomb));

        Assert.Equal(BeforeList(manifest).Length, refused.Offset);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024);
    }

    [Theory]
    [InlineData(EventLimits.Chunk)]
    [InlineData(EventLimits.Chunk + 1L)]
    [InlineData(long.MaxValue)]
    public void A_short_event_cannot_size_a_long_payload(long length)
    {
        // No entries, not compressed, nothing inside; then a payload that is not there.
        var bomb = Bytes(BeforeList(Traffic), [0, 0, 0], VarInt(length));

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<JournalFormatException>(() => SessionEventTable.ReadContent(Traffic, bomb));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024);
    }

    [Theory]
    [InlineData(new byte[] { 0x80, 0x00 })]
    [InlineData(new byte[] { 0x81, 0x80, 0x00 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })]
    public void A_number_has_one_form_only(byte[] number)
    {
        var content = Bytes([SessionEventTable.FormatVersion], number, new byte[64]);

        var refused = Assert.Throws<JournalFormatException>(() => SessionEventTable.ReadContent(Traffic, content));

        Assert.Equal(1, refused.Offset);
    }

    [Fact]
    public void A_text_that_is_not_UTF_8_is_refused()
    {
        var content = Bytes([SessionEventTable.FormatVersion, 2, 0xC0, 0x80]);

        Assert.Throws<JournalFormatException>(() => SessionEventTable.ReadContent(Opened, content));
    }

    [Theory]
    [InlineData("s.opened.99")]
    [InlineData("")]
    [InlineData("System.String, System.Private.CoreLib")]
    public void An_unknown_manifest_is_refused(string manifest) =>
        Assert.Throws<JournalFormatException>(() => SessionEventTable.ReadStored(manifest, Golden(Opened)));

    static bool IsRefusedOrRewritten(string manifest, byte[] content)
    {
        SessionEvent e;
        try
        {
            e = SessionEventTable.ReadContent(manifest, content);
        }
        catch (JournalFormatException)
        {
            return true;
        }
        var written = new ArrayBufferWriter<byte>();
        SessionEventTable.WriteContent(manifest, e, written);
        Assert.Equal(Convert.ToHexString(content), Convert.ToHexString(written.WrittenSpan));
        return false;
    }

    /// <summary>A well-formed content up to where its list begins.</summary>
    static byte[] BeforeList(string manifest) => manifest switch
    {
        Opened => Bytes([1], Text("s"), Text("c"), Text("p"), Text("n"), new byte[8], Text("a"), [0, 0, 0, 0, 0], Text("me"), Text("by")),
        Traffic => Bytes([1, 0], new byte[8], [0, 0]),
        _ => Bytes([1], new byte[8]),
    };

    static byte[] Bytes(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    static byte[] VarInt(long value)
    {
        var output = new ArrayBufferWriter<byte>();
        new EventWriter(output).VarInt((ulong)value);
        return output.WrittenSpan.ToArray();
    }

    static byte[] Golden(string manifest) => File.ReadAllBytes(Repository.File($"Gateway.Specs/Journal/{manifest}.bin"));
}
