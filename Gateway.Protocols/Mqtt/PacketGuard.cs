namespace Gateway.Protocols.Mqtt;

/// <summary>
/// Decides what becomes of one direction's packets. What the gateway answers in a receiver's place goes back to the sender.
/// </summary>
/// <param name="level">The protocol version of the session.</param>
/// <param name="direction">Which way the packets go.</param>
/// <param name="publishes">Judges PUBLISH.</param>
/// <param name="ahead">The stream these packets go on in.</param>
/// <param name="back">The stream of the other direction.</param>
abstract class PacketGuard(ProtocolLevel level, Direction direction, PublishGate publishes, PeerStream ahead, PeerStream back)
{
    byte[]? _answer;

    /// <summary>Judges a packet by its head.</summary>
    public PacketVerdict Judge(in FixedHeader header, ReadOnlySpan<byte> head, List<DeniedOperation> denied)
    {
        if (!MayCome(header.Type, ahead.State))
            return PacketVerdict.Refuse(Refusal.ProtocolViolated, $"{header.Type.Word()} has no place here");
        var body = head[header.Length..];
        var verdict = header.Type == PacketType.Publish ? publishes.Judge(header, body, denied) : JudgeBody(header.Type, body, denied);
        if (verdict.Fate == PacketFate.Drop) return Answered(verdict);
        if (verdict.Fate != PacketFate.Refuse) ahead.Begin(header.Type);
        return verdict;
    }

    /// <summary>The packet judged last is complete. Yields what now goes on behind it.</summary>
    public ReadOnlySpan<byte> Finish(RelayOutput output)
    {
        if (_answer is not null) back.Say(_answer, direction == Direction.ToUpstream ? output.ToClient : output.ToUpstream);
        _answer = null;
        return ahead.Complete();
    }

    /// <summary>Whether the sender may send such a packet, the stream ahead being where it is.</summary>
    protected abstract bool MayCome(PacketType type, PeerStreamState ahead);

    /// <summary>Judges a whole packet of any type but PUBLISH.</summary>
    protected virtual PacketVerdict JudgeBody(PacketType type, ReadOnlySpan<byte> body, List<DeniedOperation> denied)
    {
        if (!PacketBody.IsValid(type, body, level, direction)) return PacketVerdict.Malformed(type);
        return type == PacketType.PubRel ? publishes.JudgeRelease(body) : PacketVerdict.Pass;
    }

    PacketVerdict Answered(PacketVerdict dropped)
    {
        _answer = dropped.Bytes;
        if (_answer is null || back.HasRoom(_answer.Length)) return dropped;
        return PacketVerdict.Refuse(Refusal.OperationDenied, "denied operations pile up while their answers cannot be sent");
    }
}
