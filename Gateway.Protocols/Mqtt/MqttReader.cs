using System.Text;
using Gateway.Protocols.Reading;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// Reads the recorded packets of MQTT 3.1.1 and MQTT 5. The CONNECT tells the version; it is always the first thing recorded. Topic aliases are
/// resolved (MQTT 5 section 3.3.2.3.4).
/// </summary>
public sealed class MqttReader(ReaderLimits limits) : FramedReader(limits)
{
    readonly AliasNames[] _aliases = [new(limits.Names), new(limits.Names)];
    readonly bool[] _begun = new bool[2];
    ProtocolLevel _level = ProtocolLevel.V311;

    protected internal override FrameMeasure Measure(Direction direction, ReadOnlySpan<byte> bytes) =>
        !_begun[(int)direction] && !bytes.IsEmpty && bytes[0] >> 4 != (int)First(direction)
            ? FrameMeasure.Bad($"no {First(direction).Word()} comes first")
            : PacketHead.Measure(bytes, _level, out var header, out var length) switch
            {
                ReadStatus.Read => FrameMeasure.Known(length, header.PacketLength),
                ReadStatus.NeedMore => FrameMeasure.NeedMore(length),
                _ => FrameMeasure.Bad("no MQTT packet begins here"),
            };

    protected internal override DecodedOperation? Decode(Direction direction, ReadOnlySpan<byte> head, long frameLength)
    {
        if (FixedHeader.TryRead(head, out var header) != ReadStatus.Read) return null;
        _begun[(int)direction] = true;
        var body = head[header.Length..];
        var decoded = header.Type switch
        {
            PacketType.Connect => Connect(body),
            PacketType.ConnAck => PacketWords.ConnAck(body, _level),
            PacketType.Publish => Publish(direction, header, body),
            PacketType.Subscribe => PacketWords.Subscribe(body, _level),
            PacketType.Unsubscribe => PacketWords.Unsubscribe(body, _level),
            _ => PacketWords.Answer(header.Type, body, _level),
        };
        return decoded is null ? null : decoded with { Name = header.Type.Word(), Direction = direction };
    }

    static PacketType First(Direction direction) => direction == Direction.ToUpstream ? PacketType.Connect : PacketType.ConnAck;

    DecodedOperation? Connect(ReadOnlySpan<byte> body)
    {
        if (ConnectPacket.TryRead(body, out var connect, out _) != Refusal.None) return null;
        _level = connect!.Level;
        return PacketWords.Connect(connect);
    }

    DecodedOperation? Publish(Direction direction, in FixedHeader header, ReadOnlySpan<byte> body)
    {
        if (!PublishHead.TryRead(header, body, _level, out var publish)) return null;
        var topic = Encoding.UTF8.GetString(publish.Topic);
        if (publish.Alias != 0) topic = _aliases[(int)direction].Resolve(publish.Alias, topic);
        return PacketWords.Publish(header, publish, topic);
    }

    /// <summary>What each alias stands for; of names there is no room for, only the number is shown.</summary>
    sealed class AliasNames(int most)
    {
        readonly Dictionary<ushort, string> _names = [];
        int _units;

        public string Resolve(ushort alias, string topic)
        {
            if (topic.Length == 0) return _names.GetValueOrDefault(alias, "");
            if (_names.Remove(alias, out var former)) _units -= former.Length;
            if (_units + topic.Length > most) return topic;
            _names[alias] = topic;
            _units += topic.Length;
            return topic;
        }
    }
}
