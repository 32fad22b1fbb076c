using Gateway.Protocols.Reading;

namespace Gateway.Protocols.Mqtt;

/// <summary>A recorded PUBLISH without what only meant something in its session. The properties are a block without its length.</summary>
readonly record struct RedrivenHead(byte[] Topic, int QoS, bool Retain, byte[] Properties);

/// <summary>The recorded packets of a client, and of each PUBLISH its head.</summary>
sealed class RedrivenPackets(ReaderLimits limits) : FramedReader(limits)
{
    /// <summary>Aliases that are known at once; a client that gave more names is not worth more.</summary>
    const int MostAliases = 1024;

    readonly Queue<RedrivenHead> _heads = [];
    readonly Dictionary<ushort, byte[]> _aliases = [];

    /// <summary>Null until the CONNECT was read.</summary>
    public ProtocolLevel? Level { get; private set; }

    /// <summary>The head of the next PUBLISH, in the order in which they came out.</summary>
    public RedrivenHead NextHead() => _heads.Dequeue();

    protected internal override FrameMeasure Measure(Direction direction, ReadOnlySpan<byte> bytes)
    {
        if (Level is null && !bytes.IsEmpty && bytes[0] >> 4 != (int)PacketType.Connect) return FrameMeasure.Bad("no CONNECT comes first");
        return PacketHead.Measure(bytes, Level ?? ProtocolLevel.V311, out var header, out var length) switch
        {
            ReadStatus.Read => FrameMeasure.Known(length, header.PacketLength),
            ReadStatus.NeedMore => FrameMeasure.NeedMore(length),
            _ => FrameMeasure.Bad("no MQTT packet begins here"),
        };
    }

    protected internal override DecodedOperation? Decode(Direction direction, ReadOnlySpan<byte> head, long frameLength)
    {
        if (FixedHeader.TryRead(head, out var header) != ReadStatus.Read) return null;
        var body = head[header.Length..];
        if (header.Type == PacketType.Connect)
        {
            if (ConnectPacket.TryRead(body, out var connect, out _) != Refusal.None) return null;
            Level = connect!.Level;
        }

        if (header.Type == PacketType.Publish && !Publish(header, body)) return null;
        return new DecodedOperation { Name = header.Type.Word(), Direction = direction };
    }

    bool Publish(in FixedHeader header, ReadOnlySpan<byte> body)
    {
        if (!PublishHead.TryRead(header, body, Level!.Value, out var publish)) return false;
        var topic = publish.Topic.ToArray();
        if (topic.Length == 0) topic = _aliases.GetValueOrDefault(publish.Alias, topic);
        else if (publish.Alias != 0 && (_aliases.Count < MostAliases || _aliases.ContainsKey(publish.Alias))) _aliases[publish.Alias] = topic;
        var properties = PropertyBlock.Without(publish.Properties, PropertyTable.TopicAlias);
        _heads.Enqueue(new RedrivenHead(topic, header.QoS, (header.Flags & 1) != 0, properties));
        return true;
    }
}
