using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Login;

/// <summary>Reads whole responses of a broker while nothing but the gateway's own login is under way.</summary>
static class ResponseReading
{
    /// <summary>Reads one; the body is null where more is needed, or the read is refused.</summary>
    public static UpstreamLoginRead Read(ReadOnlySpan<byte> received, MessageLayout layout, int correlationId, int mostBytes, out StructValue? body)
    {
        body = null;
        if (!ResponseHead.TryRead(received, layout, out var head)) return Malformed($"{layout}: its header");
        if (received.Length >= sizeof(int) && System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(received) > mostBytes - sizeof(int))
            return UpstreamLoginRead.Refused(Refusal.UpstreamFrameTooLarge, $"{layout} exceeds {mostBytes} bytes");
        if (head.Length == 0 || received.Length < head.FrameLength) return UpstreamLoginRead.NeedMore();
        if (head.CorrelationId != correlationId) return Malformed($"{layout} answers request {head.CorrelationId} instead of {correlationId}");
        var reader = new MessageReader();
        body = reader.Read(layout, received[head.Length..(int)head.FrameLength], Limits.Default.KafkaStructs, isExact: false);
        return body is null ? Malformed(reader.Fault) : UpstreamLoginRead.NeedMore((int)head.FrameLength);
    }

    static UpstreamLoginRead Malformed(string detail) => UpstreamLoginRead.Refused(Refusal.UpstreamFrameMalformed, detail);
}
