namespace Gateway.Protocols.Mqtt;

/// <summary>
/// A PUBLISH up to its payload: <c>topic(2+n) [packet-id(2) if QoS > 0] [properties, MQTT 5]</c>. MQTT 5 section 3.3, MQTT 3.1.1 section
/// 3.3.
/// </summary>
readonly ref struct PublishHead
{
    /// <summary>A topic name, or empty where an alias stands for it.</summary>
    public ReadOnlySpan<byte> Topic { get; private init; }

    /// <summary>0 with QoS 0.</summary>
    public ushort PacketId { get; private init; }

    /// <summary>0 for none.</summary>
    public ushort Alias { get; private init; }

    public bool HasSubscriptionIdentifier { get; private init; }

    /// <summary>The property block without its length; empty in MQTT 3.1.1.</summary>
    public ReadOnlySpan<byte> Properties { get; private init; }

    public static bool TryRead(in FixedHeader header, ReadOnlySpan<byte> body, ProtocolLevel level, out PublishHead publish)
    {
        publish = default;
        var fields = new FieldReader(body);
        ushort id = 0;
        ReadOnlySpan<byte> properties = default;
        if (!fields.TryString(out var topic) || !(topic.IsEmpty || TopicFilter.IsTopicName(topic))) return false;
        if (header.QoS > 0 && !fields.TryPacketId(out id)) return false;
        if (level == ProtocolLevel.V5 && !fields.TryProperties(PropertyPlaces.Publish, out properties)) return false;
        publish = new PublishHead
        {
            Topic = topic,
            PacketId = id,
            Properties = properties,
            Alias = PropertyBlock.TwoBytes(properties, PropertyTable.TopicAlias, 0),
            HasSubscriptionIdentifier = PropertyBlock.Contains(properties, PropertyTable.SubscriptionIdentifier),
        };
        return true;
    }
}
