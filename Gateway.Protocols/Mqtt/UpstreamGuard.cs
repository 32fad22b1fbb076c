namespace Gateway.Protocols.Mqtt;

/// <summary>Guards what the upstream sends: CONNACK first and once, then the packets of a server.</summary>
sealed class UpstreamGuard(
    ProtocolLevel level, PublishGate publishes, PartialSubscribes partial, MqttAgreement agreed, PeerStream ahead, PeerStream back)
    : PacketGuard(level, Direction.ToClient, publishes, ahead, back)
{
    readonly ProtocolLevel _level = level;

    protected override bool MayCome(PacketType type, PeerStreamState ahead) => ahead switch
    {
        PeerStreamState.BeforeConnAck => type == PacketType.ConnAck,
        PeerStreamState.Ended => false,
        _ => type is PacketType.Publish or PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp
            or PacketType.SubAck or PacketType.UnsubAck or PacketType.PingResp
            || (type == PacketType.Disconnect && _level == ProtocolLevel.V5),
    };

    protected override PacketVerdict JudgeBody(PacketType type, ReadOnlySpan<byte> body, List<DeniedOperation> denied)
    {
        if (type == PacketType.ConnAck) return ConnAck(body);
        var verdict = base.JudgeBody(type, body, denied);
        return type == PacketType.SubAck && verdict.Fate == PacketFate.Pass ? partial.Merge(body) : verdict;
    }

    PacketVerdict ConnAck(ReadOnlySpan<byte> body)
    {
        if (!ConnAckPacket.TryRead(body, _level, out _)) return PacketVerdict.Malformed(PacketType.ConnAck);
        if (!agreed.RenewsByAuth) return PacketVerdict.Pass;
        var confirmed = TokenMethod.Confirm(body);
        return confirmed.Length <= agreed.LargestToClient
            ? PacketVerdict.Replace(confirmed)
            : PacketVerdict.Refuse(Refusal.FrameTooLarge, "the client accepts no CONNACK that is large enough");
    }
}
