using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Gateway.Cli.Pcap;

/// <summary>
/// Writes a pcapng file of one interface: a section header, an interface description, then one enhanced packet block per packet
/// (draft-ietf-opsawg-pcapng, sections 4.1 to 4.3). Little-endian, times in microseconds. One packet is in memory at a time.
/// </summary>
public sealed class PcapngWriter(Stream to)
{
    const uint SectionHeader = 0x0A0D0D0A;
    const uint InterfaceDescription = 1;
    const uint EnhancedPacket = 6;
    const uint ByteOrderMagic = 0x1A2B3C4D;
    const ushort Ethernet = 1;

    /// <summary>Option codes: opt_comment, and of the section header shb_userappl, of the interface if_name (sections 3.5, 4.1 and 4.2).</summary>
    const ushort Comment = 1;
    const ushort Application = 4;
    const ushort InterfaceName = 2;

    /// <summary>UTF-8 bytes of a text; an option's length is a u16.</summary>
    const int LongestText = 16 * 1024;

    readonly ArrayBufferWriter<byte> _block = new(4096);

    /// <summary>The blocks before the first packet.</summary>
    public async Task BeginAsync(string comment, string interfaceName, CancellationToken cancel)
    {
        Number(ByteOrderMagic);
        Number((ushort)1);
        Number((ushort)0);
        // The section's length is not known before its end.
        Number(ulong.MaxValue);
        Option(Comment, comment);
        Option(Application, "gateway sessions export");
        await EndBlockAsync(SectionHeader, hasOptions: true, cancel);
        Number(Ethernet);
        Number((ushort)0);
        // No limit on a packet's length. Microseconds are the default resolution.
        Number(0u);
        Option(InterfaceName, interfaceName);
        await EndBlockAsync(InterfaceDescription, hasOptions: true, cancel);
    }

    /// <summary>One packet as it was on the wire, at a time in microseconds since 1970.</summary>
    public Task PacketAsync(long at, ReadOnlySpan<byte> packet, string? comment, CancellationToken cancel)
    {
        var micros = (ulong)Math.Max(0, at);
        Number(0u);
        Number((uint)(micros >> 32));
        Number((uint)micros);
        Number((uint)packet.Length);
        Number((uint)packet.Length);
        _block.Write(packet);
        Pad();
        if (comment is not null) Option(Comment, comment);
        return EndBlockAsync(EnhancedPacket, hasOptions: comment is not null, cancel);
    }

    // Block type and length, the body, the length again.
    async Task EndBlockAsync(uint type, bool hasOptions, CancellationToken cancel)
    {
        if (hasOptions) Number(0u);
        var length = (uint)_block.WrittenCount + 12;
        var head = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(head, type);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4), length);
        Number(length);
        await to.WriteAsync(head, cancel);
        await to.WriteAsync(_block.WrittenMemory, cancel);
        _block.ResetWrittenCount();
    }

    void Option(ushort code, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text.Length <= LongestText / 3 ? text : text[..(LongestText / 3)]);
        Number(code);
        Number((ushort)bytes.Length);
        _block.Write(bytes);
        Pad();
    }

    // Everything begins at a multiple of 32 bits.
    void Pad()
    {
        while (_block.WrittenCount % 4 != 0)
        {
            _block.GetSpan(1)[0] = 0;
            _block.Advance(1);
        }
    }

    void Number(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_block.GetSpan(2), value);
        _block.Advance(2);
    }

    void Number(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_block.GetSpan(4), value);
        _block.Advance(4);
    }

    void Number(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_block.GetSpan(8), value);
        _block.Advance(8);
    }
}
