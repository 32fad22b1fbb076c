using System.Buffers;
using System.Text;
using Gateway.Protocols.Reading;
using Gateway.Protocols.Redriving;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// Publishes again what a client published: every PUBLISH with a packet identifier of its own (MQTT 5 section 2.2.1), its topic in full where an alias
/// stood for it, no higher QoS and no retaining than the other side offers. Subscriptions, acknowledgements, pings and the recorded login are not
/// said again.
/// </summary>
public sealed class MqttRedrive : Redrive
{
    /// <summary>Bytes of a payload that is held to be sent. Origin: brokers refuse larger packets by default, or hold few of them.</summary>
    const int MostPayload = 1024 * 1024;

    /// <summary>Publications that await their answer at once. Origin: the default of mosquitto's and Paho's in-flight window.</summary>
    const int Window = 20;

    readonly RedrivenPackets _recorded = new(new ReaderLimits { Payload = MostPayload });
    readonly RedrivenAnswers _answers = new(new ReaderLimits { Payload = 0 });
    readonly List<DecodedOperation> _read = [];
    readonly HashSet<ushort> _awaited = [];
    ushort _lastId;
    int _skipped;

    public override bool CanLogIn => _recorded.Level is not null;

    public override bool IsReady => _answers.IsAccepted && Ended is null;

    public override int Awaited => _awaited.Count;

    public override int MostAwaited => Math.Min(Window, (int)_answers.ReceiveMaximum);

    public override int Refused => _answers.Failures;

    public override int Skipped => _skipped;

    public override string? Ended => _answers.Ended;

    public override ReadOnlyMemory<byte> Pulse { get; } = Packet.Whole(PacketType.PingReq, 0, []);

    public override void Read(long at, ReadOnlySpan<byte> recorded, List<RedrivenPart> into)
    {
        _read.Clear();
        _recorded.Read(at, Direction.ToUpstream, recorded, _read);
        foreach (var packet in _read)
        {
            if (packet.IsUnread) _skipped++;
            if (packet.IsUnread || packet.Name != PacketType.Publish.Word()) continue;
            var head = _recorded.NextHead();
            if (packet.PayloadLength > packet.Payload.Length || head.Topic.Length == 0) _skipped++;
            else into.Add(new RedrivenPart(packet.At, packet.Payload.Length, new Publication(head, packet.Payload)));
        }
    }

    /// <summary>CONNECT of the recording's version: clean start, keep alive 60 s, the token as password. Section 3.1.</summary>
    public override void LogIn(string? token, string clientName, IBufferWriter<byte> target)
    {
        var level = _recorded.Level ?? throw new InvalidOperationException("No CONNECT was read.");
        byte[] properties = level == ProtocolLevel.V5 ? [0] : [];
        var name = Encoding.UTF8.GetBytes(clientName);
        byte[] body = [0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', (byte)level, (byte)ConnectBits.CleanStart, 0, 60, .. properties, (byte)(name.Length >> 8), (byte)name.Length, .. name];
        if (ConnectPacket.TryRead(body, out var connect, out var detail) != Protocols.Refusal.None) throw new ArgumentException(detail, nameof(clientName));
        connect!.Write(target, null, token is null ? null : Encoding.UTF8.GetBytes(token));
        _answers.Level = level;
    }

    public override void Write(RedrivenPart part, IBufferWriter<byte> target)
    {
        var (head, payload) = (Publication)part.Content;
        var qos = Math.Min(head.QoS, _answers.MaximumQoS);
        var id = qos == 0 ? (ushort)0 : NextId();
        var body = new ArrayBufferWriter<byte>(head.Topic.Length + head.Properties.Length + payload.Length + 16);
        body.Write<byte>([(byte)(head.Topic.Length >> 8), (byte)head.Topic.Length, .. head.Topic]);
        if (qos > 0) body.Write<byte>([(byte)(id >> 8), (byte)id]);
        if (_recorded.Level == ProtocolLevel.V5) VariableByteInteger.Write(body, (uint)head.Properties.Length);
        body.Write(head.Properties);
        body.Write(payload.Span);
        target.Write(Packet.Whole(PacketType.Publish, (byte)(qos << 1 | (head.Retain && _answers.MayRetain ? 1 : 0)), body.WrittenSpan));
    }

    public override void Receive(ReadOnlySpan<byte> received, IBufferWriter<byte> target) => _answers.Receive(received, _awaited, target);

    public override void Leave(IBufferWriter<byte> target) => target.Write(Packet.Whole(PacketType.Disconnect, 0, []));

    ushort NextId()
    {
        do _lastId = _lastId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastId + 1);
        while (!_awaited.Add(_lastId));
        return _lastId;
    }

    sealed record Publication(RedrivenHead Head, ReadOnlyMemory<byte> Payload);
}
