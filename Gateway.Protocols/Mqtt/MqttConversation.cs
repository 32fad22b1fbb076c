using System.Buffers;
using System.Text;
using Gateway.Protocols.Masking;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// The <c>mqtt</c> protocol: MQTT 3.1.1 and MQTT 5. The client proves itself by the password of its CONNECT; the upstream sees the same
/// CONNECT with the gateway's credentials, and its CONNACK is relayed. After that every packet is read completely before it goes on, only
/// the payload of a PUBLISH streams. Rules know two operations: <c>publish</c> on a topic (the will included) and <c>subscribe</c> on a
/// topic filter.
/// </summary>
public sealed class MqttConversation(Limits limits) : Conversation
{
    readonly MqttLogin _login = new(limits);
    OperationJudge? _judge;
    MqttRelay? _relay;
    Masker? _masker;

    public override int MaxLoginBytes => limits.Login;

    public override LoginRead ReadLogin(ReadOnlySpan<byte> received, IBufferWriter<byte> toClient) => _login.ReadConnect(received);

    public override Admission Admit(OperationRules rules, IBufferWriter<byte> record, IBufferWriter<byte> toClient)
    {
        _judge = new OperationJudge(rules);
        var admitted = _login.Admit(_judge, _masker, record);
        if (admitted.Refusal == Refusal.None && _login.Connect.WillTopic is { } topic) Seen.See(OperationJudge.Publish, Encoding.UTF8.GetBytes(topic), isDenied: false);
        return admitted;
    }

    public override void Mask(Masker masker) => _masker = masker;

    public override void StartUpstreamLogin(UpstreamCredentials credentials, IBufferWriter<byte> toUpstream) =>
        _login.WriteConnect(credentials, toUpstream);

    public override UpstreamLoginRead ReadUpstreamLogin(ReadOnlySpan<byte> received, IBufferWriter<byte> toUpstream)
    {
        var judge = _judge ?? throw new InvalidOperationException("The client was not admitted.");
        var read = _login.ReadConnAck(received, out var connAck);
        if (read.IsDone) _relay = new MqttRelay(Agreed(_login.Connect, connAck), limits, judge, Seen, _masker);
        return read;
    }

    public override RelayVerdict Relay(Direction direction, ReadOnlySpan<byte> input, RelayOutput output) =>
        (_relay ?? throw new InvalidOperationException("The upstream has not logged the gateway in.")).Relay(direction, input, output);

    public override Refusal Renewed(IBufferWriter<byte> toClient) =>
        (_relay ?? throw new InvalidOperationException("The upstream has not logged the gateway in.")).Renewed(toClient);

    public override Refusal FinishDirection(Direction direction)
    {
        if (_relay is null || _relay.IsBetweenPackets(direction)) return Refusal.None;
        return direction == Direction.ToUpstream ? Refusal.FrameMalformed : Refusal.UpstreamFrameMalformed;
    }

    static MqttAgreement Agreed(ConnectPacket connect, ConnAckPacket connAck) => new(
        connect.Level, connect.TopicAliasMaximum, connAck.TopicAliasMaximum, connect.RenewsByAuth, connect.MaximumPacketSize, connAck.MaximumPacketSize);

    public override Direction? Farewell => _relay?.Farewell;

    public override void Refuse(Refusal refusal, IBufferWriter<byte> toClient)
    {
        if (_login.Tongue is not { } level) return;
        switch (_relay?.ToClient ?? PeerStreamState.BeforeConnAck)
        {
            case PeerStreamState.BeforeConnAck:
                RefusalWords.WriteConnAck(level, refusal, _login.OwnCode, _login.LargestAnswer, toClient);
                break;
            case PeerStreamState.BetweenPackets:
                RefusalWords.WriteDisconnect(level, refusal, _login.LargestAnswer, toClient);
                break;
        }
    }
}
