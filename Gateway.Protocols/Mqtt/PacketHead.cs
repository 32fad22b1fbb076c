using System.Buffers.Binary;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// The part of a packet that is judged: of a PUBLISH everything before its payload,
/// <c>fixed-header topic(2+n) [packet-id(2) if QoS > 0] [properties, MQTT 5]</c> (MQTT 5 section 3.3), of all others the whole packet.
/// </summary>
static class PacketHead
{
    /// <summary>
    /// Tells how long the head is. On <see cref="ReadStatus.Read"/> the source holds all <paramref name="length"/> bytes of it; on
    /// <see cref="ReadStatus.NeedMore"/> it takes at least that many, all of them bytes of the head, to tell more.
    /// </summary>
    public static ReadStatus Measure(ReadOnlySpan<byte> source, ProtocolLevel level, out FixedHeader header, out long length)
    {
        length = source.Length + 1;
        var status = FixedHeader.TryRead(source, out header);
        if (status != ReadStatus.Read) return status;
        if (header.Type == PacketType.Publish) return MeasurePublish(source, level, header, out length);
        length = header.PacketLength;
        return length <= source.Length ? ReadStatus.Read : ReadStatus.NeedMore;
    }

    static ReadStatus MeasurePublish(ReadOnlySpan<byte> source, ProtocolLevel level, FixedHeader header, out long length)
    {
        length = header.Length + 2;
        if (Compare(length, source, header) is var topic and not ReadStatus.Read) return topic;
        length += BinaryPrimitives.ReadUInt16BigEndian(source[header.Length..]) + (header.QoS > 0 ? 2 : 0);
        var status = Compare(length, source, header);
        return status != ReadStatus.Read || level == ProtocolLevel.V311 ? status : MeasureProperties(source, header, ref length);
    }

    static ReadStatus MeasureProperties(ReadOnlySpan<byte> source, FixedHeader header, ref long length)
    {
        var status = VariableByteInteger.TryRead(source[(int)length..], out var properties, out var prefix);
        if (status == ReadStatus.Malformed) return status;
        length = status == ReadStatus.NeedMore ? source.Length + 1 : length + prefix + properties;
        return Compare(length, source, header);
    }

    static ReadStatus Compare(long length, ReadOnlySpan<byte> source, FixedHeader header) =>
        length > header.PacketLength ? ReadStatus.Malformed : length > source.Length ? ReadStatus.NeedMore : ReadStatus.Read;
}
