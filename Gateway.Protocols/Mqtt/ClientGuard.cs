namespace Gateway.Protocols.Mqtt;

/// <summary>Guards what the client sends after its CONNECT.</summary>
sealed class ClientGuard(
    ProtocolLevel level, Limits limits, PublishGate publishes, SubscribeGate subscribes, RenewalGate renewals, PeerStream ahead, PeerStream back)
    : PacketGuard(level, Direction.ToUpstream, publishes, ahead, back)
{
    readonly ProtocolLevel _level = level;

    // A second CONNECT is a violation ([MQTT-3.1.0-2]); AUTH is one where no authentication method was agreed on.
    protected override bool MayCome(PacketType type, PeerStreamState ahead) => ahead != PeerStreamState.Ended && type switch
    {
        PacketType.Publish or PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp
            or PacketType.Subscribe or PacketType.Unsubscribe or PacketType.PingReq or PacketType.Disconnect => true,
        PacketType.Auth => renewals.MayCome,
        _ => false,
    };

    protected override PacketVerdict JudgeBody(PacketType type, ReadOnlySpan<byte> body, List<DeniedOperation> denied) => type switch
    {
        PacketType.Subscribe => subscribes.Judge(body, denied),
        PacketType.Unsubscribe => Unsubscribe(body),
        PacketType.Auth => renewals.Judge(body),
        _ => base.JudgeBody(type, body, denied),
    };

    PacketVerdict Unsubscribe(ReadOnlySpan<byte> body)
    {
        var refusal = PacketBody.CheckUnsubscribe(body, _level, limits.MqttFilters);
        if (refusal == Refusal.None) return PacketVerdict.Pass;
        return PacketVerdict.Refuse(refusal, "UNSUBSCRIBE is malformed or has too many filters");
    }
}
