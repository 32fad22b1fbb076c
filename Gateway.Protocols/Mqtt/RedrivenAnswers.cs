using System.Buffers;
using Gateway.Protocols.Reading;

namespace Gateway.Protocols.Mqtt;

/// <summary>What a server answers to publications: its CONNACK and what it offers there, then the acknowledgements of each (MQTT 5 section 4.3).</summary>
sealed class RedrivenAnswers(ReaderLimits limits) : FramedReader(limits)
{
    const byte ReceiveMaximumId = 0x21;
    const byte MaximumQoSId = 0x24;
    const byte RetainAvailableId = 0x25;

    readonly List<DecodedOperation> _read = [];
    readonly List<(PacketType Type, ushort Id, byte Reason)> _acknowledged = [];

    public ProtocolLevel Level { get; set; } = ProtocolLevel.V311;

    public bool IsAccepted { get; private set; }

    public string? Ended { get; private set; }

    public int Failures { get; private set; }

    /// <summary>Sections 3.2.2.3.3, 3.2.2.3.4 and 3.2.2.3.5, with what holds where the server says nothing.</summary>
    public ushort ReceiveMaximum { get; private set; } = ushort.MaxValue;

    public int MaximumQoS { get; private set; } = 2;

    public bool MayRetain { get; private set; } = true;

    public void Receive(ReadOnlySpan<byte> received, HashSet<ushort> awaited, IBufferWriter<byte> target)
    {
        _read.Clear();
        Read(0, Direction.ToClient, received, _read);
        if (_read.Any(packet => packet.IsUnread)) Ended ??= "what came is no MQTT";
        foreach (var (type, id, reason) in _acknowledged)
        {
            if (!awaited.Contains(id)) continue;
            if (reason >= ReasonCodes.Failure) Failures++;
            // A PUBREC that says no ends the exchange ([MQTT-4.3.3-4]); one that does not is answered, and ends with PUBCOMP.
            if (type == PacketType.PubRec && reason < ReasonCodes.Failure) target.Write(Packet.Whole(PacketType.PubRel, 2, [(byte)(id >> 8), (byte)id]));
            else awaited.Remove(id);
        }

        _acknowledged.Clear();
    }

    protected internal override FrameMeasure Measure(Direction direction, ReadOnlySpan<byte> bytes) =>
        PacketHead.Measure(bytes, Level, out var header, out var length) switch
        {
            ReadStatus.Read => FrameMeasure.Known(length, header.PacketLength),
            ReadStatus.NeedMore => FrameMeasure.NeedMore(length),
            _ => FrameMeasure.Bad("no MQTT packet begins here"),
        };

    protected internal override DecodedOperation? Decode(Direction direction, ReadOnlySpan<byte> head, long frameLength)
    {
        if (FixedHeader.TryRead(head, out var header) != ReadStatus.Read) return null;
        var body = head[header.Length..];
        var fields = new FieldReader(body);
        switch (header.Type)
        {
            case PacketType.ConnAck when !ConnAck(body):
                return null;
            case PacketType.PubAck or PacketType.PubRec or PacketType.PubComp:
                if (!fields.TryPacketId(out var id)) return null;
                _acknowledged.Add((header.Type, id, fields.TryByte(out var reason) ? reason : (byte)0));
                break;
            case PacketType.Disconnect:
                Ended = $"it was sent away: {(fields.TryByte(out var why) ? ReasonWords.Of(PacketType.Disconnect, why) : "no reason given")}";
                break;
        }

        return new DecodedOperation { Name = header.Type.Word(), Direction = direction };
    }

    bool ConnAck(ReadOnlySpan<byte> body)
    {
        if (!ConnAckPacket.TryRead(body, Level, out var answer)) return false;
        IsAccepted = answer.IsSuccess;
        if (!answer.IsSuccess)
            Ended = $"the login was refused: {(Level == ProtocolLevel.V311 ? ReasonWords.OfReturn(answer.Code) : ReasonWords.Of(PacketType.ConnAck, answer.Code))}";
        var fields = new FieldReader(body[2..]);
        if (Level != ProtocolLevel.V5 || !fields.TryProperties(PropertyPlaces.ConnAck, out var offered)) return true;
        ReceiveMaximum = PropertyBlock.TwoBytes(offered, ReceiveMaximumId, ushort.MaxValue);
        if (PropertyBlock.TryFind(offered, MaximumQoSId, out var qos)) MaximumQoS = qos[0];
        if (PropertyBlock.TryFind(offered, RetainAvailableId, out var retain)) MayRetain = retain[0] == 1;
        return true;
    }
}
