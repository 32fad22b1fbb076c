using System.Buffers;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// Cuts one direction's bytes into packets, at whatever byte the chunks end, and does with each what the <see cref="PacketGuard"/> decides.
/// A packet's head is held until it is whole (within <see cref="Limits.MqttHeader"/>), the payload of a PUBLISH streams by without being
/// held.
/// </summary>
sealed class PacketFramer(Direction direction, ProtocolLevel level, Limits limits, PacketGuard guard)
{
    const int FirstHold = 256;

    byte[] _held = [];
    int _heldLength;
    long _payloadLeft;
    bool _passing;

    public bool IsBetweenPackets => _heldLength == 0 && _payloadLeft == 0;

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
            var inPlace = _heldLength == 0;
            var bytes = inPlace ? chunk.Rest : _held.AsSpan(0, _heldLength);
            var status = PacketHead.Measure(bytes, level, out var header, out var length);
            if (status == ReadStatus.Malformed) return PacketVerdict.Refuse(Refusal.FrameMalformed, "the header of a packet is malformed");
            if (length > limits.MqttHeader || header.PacketLength > limits.MqttPacket)
                return PacketVerdict.Refuse(Refusal.FrameTooLarge, $"{header.Type.Word()} exceeds the cap on a packet");
            if (status == ReadStatus.Read) return Deal(header, bytes[..(int)length], inPlace, ref chunk, output);
            if (chunk.IsDone) return PacketVerdict.Pass;
            Hold((int)Math.Min(length - _heldLength, chunk.Rest.Length), ref chunk);
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
        LetGo();
        if (_payloadLeft == 0) Finish(ref chunk, output);
        return verdict;
    }

    void Finish(ref RelayedChunk chunk, RelayOutput output)
    {
        var waiting = guard.Finish(output);
        if (!waiting.IsEmpty) chunk.Insert(waiting);
    }

    /// <summary>Grows with what was received, never with what a length announces.</summary>
    void Hold(int length, ref RelayedChunk chunk)
    {
        if (_heldLength + length > _held.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstHold, Math.Max(2 * _held.Length, _heldLength + length)));
            _held.AsSpan(0, _heldLength).CopyTo(larger);
            if (_held.Length > 0) ArrayPool<byte>.Shared.Return(_held);
            _held = larger;
        }

        chunk.Rest[..length].CopyTo(_held.AsSpan(_heldLength));
        _heldLength += length;
        chunk.Skip(length);
    }

    void LetGo()
    {
        if (_held.Length > 0) ArrayPool<byte>.Shared.Return(_held);
        (_held, _heldLength) = ([], 0);
    }

    Refusal Blamed(Refusal refusal) => (direction, refusal) switch
    {
        (Direction.ToClient, Refusal.FrameMalformed or Refusal.ProtocolViolated) => Refusal.UpstreamFrameMalformed,
        (Direction.ToClient, Refusal.FrameTooLarge) => Refusal.UpstreamFrameTooLarge,
        _ => refusal,
    };
}
