using Gateway.Protocols.Masking;

namespace Gateway.Protocols.Mqtt;

/// <summary>The two directions of a session that both sides have logged in to, and what they know of each other.</summary>
sealed class MqttRelay
{
    readonly Limits _limits;
    readonly PeerStream _toClient;
    readonly PeerStream _toUpstream;
    readonly PacketFramer _fromClient;
    readonly PacketFramer _fromUpstream;
    readonly RenewalGate _renewals;

    public MqttRelay(MqttAgreement agreed, Limits limits, OperationJudge judge, SeenOperations seen, Masker? masker)
    {
        var level = agreed.Level;
        _limits = limits;
        _toClient = new PeerStream(PeerStreamState.BeforeConnAck, limits.MqttAnswers);
        _toUpstream = new PeerStream(PeerStreamState.BetweenPackets, limits.MqttAnswers);
        var partial = new PartialSubscribes(level, limits.MqttPartialSubscribes);
        var (maskUp, maskDown) = (Mask(Direction.ToUpstream, agreed.LargestToUpstream), Mask(Direction.ToClient, agreed.LargestToClient));
        var published = new PublishGate(level, OperationJudge.Publish, judge, seen, Aliases(agreed.UpstreamAliases), maskUp);
        var delivered = new PublishGate(level, OperationJudge.Subscribe, judge, seen, Aliases(agreed.ClientAliases), maskDown);
        var subscribes = new SubscribeGate(level, judge, seen, limits, partial);
        _renewals = new RenewalGate(agreed.RenewsByAuth, _toClient);
        _fromClient = new PacketFramer(
            Direction.ToUpstream, level, limits, new ClientGuard(level, limits, published, subscribes, _renewals, _toUpstream, _toClient), maskUp);
        _fromUpstream = new PacketFramer(
            Direction.ToClient, level, limits, new UpstreamGuard(level, delivered, partial, agreed, _toClient, _toUpstream), maskDown);

        PublishMask? Mask(Direction direction, uint largest) =>
            masker is not null && masker.Rules.Concern(direction) ? new(direction, level, masker, limits, largest) : null;

        TopicAliases Aliases(ushort maximum) => new(maximum, limits.MqttDeniedAliasNames);
    }

    /// <summary>Where the client's stream stands: what the gateway may still say to it depends on that.</summary>
    public PeerStreamState ToClient => _fromUpstream.IsHolding ? PeerStreamState.BetweenPackets : _toClient.State;

    /// <summary>The direction of the DISCONNECT that was sent on; the client's if both did.</summary>
    public Direction? Farewell =>
        _toUpstream.State == PeerStreamState.Ended ? Direction.ToUpstream
        : _toClient.State == PeerStreamState.Ended ? Direction.ToClient
        : null;

    public RelayVerdict Relay(Direction direction, ReadOnlySpan<byte> input, RelayOutput output)
    {
        var before = ToClient;
        var verdict = Of(direction).Relay(input, output);
        output.Proof = _renewals.Take();
        if (!output.KeepRecordable(_limits))
            verdict = RelayVerdict.Refuse(Refusal.OperationDenied, "more operations were denied at once than one record holds");
        if (verdict.Refusal != Refusal.None) _toClient.Restore(before);
        return verdict;
    }

    /// <summary>The client's new proof was accepted: tells it so.</summary>
    public Refusal Renewed(System.Buffers.IBufferWriter<byte> toClient) => _renewals.Accept(toClient) ? Refusal.None : Refusal.ProtocolViolated;

    public bool IsBetweenPackets(Direction direction) => Of(direction).IsBetweenPackets;

    PacketFramer Of(Direction direction) => direction == Direction.ToUpstream ? _fromClient : _fromUpstream;
}
