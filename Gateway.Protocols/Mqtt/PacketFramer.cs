namespace Gateway.Protocols.Mqtt;

/// <summary>
/// Cuts one direction's bytes into packets, at whatever byte the chunks end, and does with each what the <see cref="PacketGuard"/> decides.
/// A packet's head is held until it is whole (within <see cref="Limits.MqttHeader"/>), the payload of a PUBLISH streams by without being
/// held.
/// </summary>
sealed class PacketFramer(Direction direction, ProtocolLevel level, Limits limits, PacketGuard guard)
{
    readonly HeldBytes _held = new();
    long _payloadLeft;
    bool _passing;

    public bool IsBetweenPackets => _held.Length == 0 && _payloadLeft == 0;

    public RelayVerdict Relay(ReadOnlySpan<byte> input, RelayOutput output)
    {
        var chunk = new RelayedChunk(input, output.Towards(direction));
        while (!chunk.IsDone)
        {
            if (_payloadLeft > 0)
                StreamPayload(ref chunk, output);
            else if (NextHead(ref chunk, output) is { Fate: PacketFate.Refuse } refused)
                return RelayVerdict.Refuse(Blamed(refused.Refusal), refused.Detail!);
        }

        if (chunk.IsWhole) return RelayVerdict.PassWhole;
        chunk.Flush();
        return RelayVerdict.PassOutput;
    }

    void StreamPayload(ref RelayedChunk chunk, RelayOutput output)
    {
        var length = (int)Math.Min(_payloadLeft, chunk.Rest.Length);
        if (_passing)
            chunk.Pass(length);
        else
            chunk.Skip(length);
        _payloadLeft -= length;
        if (_payloadLeft == 0) Finish(ref chunk, output);
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
            _held.Add(chunk.Rest[..more]);
            chunk.Skip(more);
        }
    }

    PacketVerdict Deal(in FixedHeader header, ReadOnlySpan<byte> head, bool inPlace, ref RelayedChunk chunk, RelayOutput output)
    {
        var verdict = guard.Judge(header, head, output.Denied);
        if (verdict.Fate == PacketFate.Refuse) return verdict;
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
        (Direction.ToClient, Refusal.FrameTooLarge) => Refusal.UpstreamFrameTooLarge,
        _ => refusal,
    };
}
