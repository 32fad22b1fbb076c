using System.Buffers;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// The first bytes of every packet: <c>type(4 bits) flags(4 bits) remaining-length(1-4 bytes)</c>. MQTT 5 section 2.1. Flags that
/// section 2.1.3 does not give to the type, PUBLISH with QoS 3, and DUP on QoS 0 ([MQTT-3.3.1-2]) are malformed.
/// </summary>
/// <param name="Type">The packet's type.</param>
/// <param name="Flags">The low four bits of the first byte.</param>
/// <param name="Length">Bytes of the fixed header itself.</param>
/// <param name="Remaining">Bytes that follow it.</param>
public readonly record struct FixedHeader(PacketType Type, byte Flags, int Length, uint Remaining)
{
    public long PacketLength => Length + (long)Remaining;

    public int QoS => (Flags >> 1) & 3;

    public static ReadStatus TryRead(ReadOnlySpan<byte> source, out FixedHeader header)
    {
        header = default;
        if (source.IsEmpty) return ReadStatus.NeedMore;
        var (type, flags) = ((PacketType)(source[0] >> 4), (byte)(source[0] & 0x0F));
        if (!HasValidFlags(type, flags)) return ReadStatus.Malformed;
        var status = VariableByteInteger.TryRead(source[1..], out var remaining, out var length);
        if (status == ReadStatus.Read) header = new FixedHeader(type, flags, 1 + length, remaining);
        return status;
    }

    public void Write(IBufferWriter<byte> target)
    {
        target.Write([(byte)((byte)Type << 4 | Flags)]);
        VariableByteInteger.Write(target, Remaining);
    }

    static bool HasValidFlags(PacketType type, byte flags) => type switch
    {
        0 => false,
        PacketType.Publish => (flags & 6) switch { 6 => false, 0 => (flags & 8) == 0, _ => true },
        PacketType.PubRel or PacketType.Subscribe or PacketType.Unsubscribe => flags == 2,
        _ => flags == 0,
    };
}
