using Gateway.Protocols.Masking;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// Cuts one direction's bytes into packets, at whatever byte the chunks end, and does with each what the <see cref="PacketGuard"/> decides.
/// A packet's head is held until it is whole (within <see cref="Limits.MqttHeader"/>), the payload of a PUBLISH streams by without being
/// held, unless rules mask it (within <see cref="Limits.MqttMasked"/>).
/// </summary>
sealed class PacketFramer(Direction direction, ProtocolLevel level, Limits limits, PacketGuard guard, PublishMask? mask = null)
{
    readonly PooledWriter _held = new();
    readonly PooledWriter _masked = new();
    MaskingPlan? _plan;
    FixedHeader _header;
    int _headLength;
    long _payloadLeft;
    bool _passing;

    public bool IsBetweenPackets => _held.Length == 0 && _payloadLeft == 0;

    /// <summary>A packet is held of which nothing has gone on.</summary>
    public bool IsHolding => _plan is not null;

    public RelayVerdict Relay(ReadOnlySpan<byte> input, RelayOutput output)
    {
        var chunk = new RelayedChunk(input, output.Towards(direction));
        while (!chunk.IsDone)
        {
            var verdict = _plan is not null ? HoldPayload(ref chunk, output) : _payloadLeft > 0 ? StreamPayload(ref chunk, output) : NextHead(ref chunk, output);
            if (verdict.Fate == PacketFate.Refuse) return RelayVerdict.Refuse(Blamed(verdict.Refusal), verdict.Detail!);
        }

        if (chunk.IsWhole) return RelayVerdict.PassWhole;
        chunk.Flush();
        return RelayVerdict.PassOutput;
    }

    PacketVerdict StreamPayload(ref RelayedChunk chunk, RelayOutput output)
    {
        var length = (int)Math.Min(_payloadLeft, chunk.Rest.Length);
        if (_passing)
            chunk.Pass(length);
        else
            chunk.Skip(length);
        _payloadLeft -= length;
        if (_payloadLeft == 0) Finish(ref chunk, output);
        return PacketVerdict.Pass;
    }

    PacketVerdict HoldPayload(ref RelayedChunk chunk, RelayOutput output)
    {
        var length = (int)Math.Min(_payloadLeft, chunk.Rest.Length);
        _held.Write(chunk.Rest[..length]);
        chunk.Skip(length);
        _payloadLeft -= length;
        return _payloadLeft == 0 ? Mask(_held.Span, inPlace: false, ref chunk, output) : PacketVerdict.Pass;
    }

    PacketVerdict BeginMask(in FixedHeader header, ReadOnlySpan<byte> head, MaskingPlan plan, bool inPlace, ref RelayedChunk chunk, RelayOutput output)
    {
        (_header, _headLength, _plan, _payloadLeft) = (header, head.Length, plan, header.PacketLength - head.Length);
        if (_payloadLeft > limits.MqttMasked)
            return PacketVerdict.Refuse(Refusal.FrameTooLarge, $"rules mask PUBLISH, and its payload exceeds {limits.MqttMasked} bytes");
        if (inPlace && chunk.Rest.Length >= header.PacketLength)
        {
            _payloadLeft = 0;
            return Mask(chunk.Rest[..(int)header.PacketLength], inPlace: true, ref chunk, output);
        }

        if (inPlace)
        {
            _held.Write(head);
            chunk.Skip(head.Length);
        }

        return _payloadLeft == 0 ? Mask(_held.Span, inPlace: false, ref chunk, output) : PacketVerdict.Pass;
    }

    PacketVerdict Mask(ReadOnlySpan<byte> packet, bool inPlace, ref RelayedChunk chunk, RelayOutput output)
    {
        var verdict = mask!.Mask(_header, packet, _headLength, _plan!, _masked);
        if (verdict.Fate == PacketFate.Refuse) return verdict;
        var isChanged = _masked.Length > 0;
        if (inPlace && isChanged) chunk.Skip(packet.Length);
        else if (inPlace) chunk.Pass(packet.Length);
        if (isChanged) chunk.Insert(_masked.Span);
        else if (!inPlace) chunk.Insert(packet);
        _masked.LetGo();
        _held.LetGo();
        _plan = null;
        Finish(ref chunk, output);
        return verdict;
    }

    PacketVerdict NextHead(ref RelayedChunk chunk, RelayOutput output)
    {
        while (true)
        {
            var inPlace = _held.Length == 0;
            var bytes = inPlace ? chunk.Rest : _held.Span;
            var status = PacketHead.Measure(bytes, level, out var header, out var length);
            if (status == ReadStatus.Malformed) return PacketVerdict.Refuse(Refusal.FrameMalformed, "the header of a packet is malformed");
            if (length > limits.MqttHeader || header.PacketLength > limits.MqttPacket)
                return PacketVerdict.Refuse(Refusal.FrameTooLarge, $"{header.Type.Word()} exceeds the cap on a packet");
            if (status == ReadStatus.Read) return Deal(header, bytes[..(int)length], inPlace, ref chunk, output);
            if (chunk.IsDone) return PacketVerdict.Pass;
            var more = (int)Math.Min(length - _held.Length, chunk.Rest.Length);
            _held.Write(chunk.Rest[..more]);
            chunk.Skip(more);
        }
    }

    PacketVerdict Deal(in FixedHeader header, ReadOnlySpan<byte> head, bool inPlace, ref RelayedChunk chunk, RelayOutput output)
    {
        var verdict = guard.Judge(header, head, output.Denied);
        if (verdict.Fate == PacketFate.Refuse) return verdict;
        if (verdict.Plan is { } plan) return BeginMask(header, head, plan, inPlace, ref chunk, output);
        _passing = verdict.Fate == PacketFate.Pass;
        _payloadLeft = header.PacketLength - head.Length;
        if (!inPlace && _passing) chunk.Insert(head);
        if (inPlace && _passing) chunk.Pass(head.Length);
        if (inPlace && !_passing) chunk.Skip(head.Length);
        if (verdict.Fate == PacketFate.Replace) chunk.Insert(verdict.Bytes);
        _held.LetGo();
        if (_payloadLeft == 0) Finish(ref chunk, output);
        return verdict;
    }

    void Finish(ref RelayedChunk chunk, RelayOutput output)
    {
        var waiting = guard.Finish(output);
        if (!waiting.IsEmpty) chunk.Insert(waiting);
    }

    Refusal Blamed(Refusal refusal) => (direction, refusal) switch
    {
        (Direction.ToClient, Refusal.FrameMalformed or Refusal.ProtocolViolated) => Refusal.UpstreamFrameMalformed,
        (Direction.ToClient, Refusal.PayloadUnreadable) => Refusal.UpstreamPayloadUnreadable,
        (Direction.ToClient, Refusal.FrameTooLarge) => Refusal.UpstreamFrameTooLarge,
        _ => refusal,
    };
}
