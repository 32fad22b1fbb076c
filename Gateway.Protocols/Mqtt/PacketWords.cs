using System.Globalization;
using System.Text;
using Gateway.Protocols.Reading;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// Packets in words, for whoever reads a recording. Null: the packet is malformed. Name and direction are the
/// caller's. What a CONNECT carries is the will's payload.
/// </summary>
static class PacketWords
{
    public static DecodedOperation Connect(ConnectPacket connect)
    {
        var words = new List<string> { connect.Level == ProtocolLevel.V5 ? "MQTT 5" : "MQTT 3.1.1" };
        if ((connect.Flags & ConnectBits.CleanStart) != 0) words.Add("clean start");
        words.Add(Invariant($"keep alive {connect.KeepAlive} s"));
        if (connect.UserName is not null) words.Add("user name");
        if ((connect.Flags & ConnectBits.Password) != 0) words.Add("password");
        if (connect.WillTopic is not null)
            words.Add(Invariant($"will QoS {((byte)(connect.Flags & ConnectBits.WillQoS)) >> 3}{((connect.Flags & ConnectBits.WillRetain) != 0 ? " retain" : "")}"));
        var fields = PropertyWords.Of(connect.Properties.Span);
        if (connect.WillTopic is { } topic) fields.Add(new("will-topic", topic));
        fields.AddRange(PropertyWords.Of(connect.WillProperties.Span).Select(OfWill));
        return Of([connect.ClientId], words, fields) with { Payload = connect.WillPayload, PayloadLength = connect.WillPayload.Length };
    }

    /// <summary><c>flags(1) code(1) [properties, MQTT 5]</c>; in the old form also where a server does not speak MQTT 5.</summary>
    public static DecodedOperation? ConnAck(ReadOnlySpan<byte> body, ProtocolLevel level)
    {
        var fields = new FieldReader(body);
        if (!fields.TryByte(out var flags) || !fields.TryByte(out var code)) return null;
        ReadOnlySpan<byte> properties = default;
        if (!fields.IsAtEnd && (level == ProtocolLevel.V311 || !fields.TryProperties(PropertyPlaces.ConnAck, out properties))) return null;
        var isOld = level == ProtocolLevel.V311 || body.Length == 2;
        var reason = isOld ? ReasonWords.OfReturn(code) : ReasonWords.Of(PacketType.ConnAck, code);
        return Of([], flags == 1 ? [reason, "session present"] : [reason], PropertyWords.Of(properties));
    }

    public static DecodedOperation Publish(in FixedHeader header, in PublishHead publish, string topic)
    {
        var words = new List<string> { Invariant($"QoS {header.QoS}") };
        if ((header.Flags & 1) != 0) words.Add("retain");
        if ((header.Flags & 8) != 0) words.Add("duplicate");
        if (header.QoS > 0) words.Add(Id(publish.PacketId));
        if (topic.Length == 0) words.Add(Invariant($"topic alias {publish.Alias}"));
        return Of(topic.Length == 0 ? [] : [topic], words, PropertyWords.Of(publish.Properties));
    }

    /// <summary><c>packet-id(2) [properties, MQTT 5] (filter(2+n) options(1))+</c>. MQTT 5 section 3.8.</summary>
    public static DecodedOperation? Subscribe(ReadOnlySpan<byte> body, ProtocolLevel level)
    {
        var fields = new FieldReader(body);
        if (!TryHead(ref fields, level, PropertyPlaces.Subscribe, out var id, out var properties)) return null;
        var (filters, qos) = (new List<string>(), new List<string>());
        while (!fields.IsAtEnd)
        {
            if (!fields.TryString(out var filter) || !fields.TryByte(out var options)) return null;
            filters.Add(Encoding.UTF8.GetString(filter));
            qos.Add(Invariant($"QoS {options & 3}"));
        }

        return filters.Count == 0 ? null : Of(filters, [Id(id), .. qos], PropertyWords.Of(properties));
    }

    /// <summary><c>packet-id(2) [properties, MQTT 5] filter(2+n)+</c>. MQTT 5 section 3.10.</summary>
    public static DecodedOperation? Unsubscribe(ReadOnlySpan<byte> body, ProtocolLevel level)
    {
        var fields = new FieldReader(body);
        if (!TryHead(ref fields, level, PropertyPlaces.Unsubscribe, out var id, out var properties)) return null;
        var filters = new List<string>();
        while (!fields.IsAtEnd)
        {
            if (!fields.TryString(out var filter)) return null;
            filters.Add(Encoding.UTF8.GetString(filter));
        }

        return filters.Count == 0 ? null : Of(filters, [Id(id)], PropertyWords.Of(properties));
    }

    /// <summary>The packets that only say how something went: <c>[packet-id(2)] [reason] [properties, MQTT 5]</c>, a SUBACK many reasons.</summary>
    public static DecodedOperation? Answer(PacketType type, ReadOnlySpan<byte> body, ProtocolLevel level)
    {
        var fields = new FieldReader(body);
        var words = new List<string>();
        ReadOnlySpan<byte> properties = default;
        if (type is not (PacketType.PingReq or PacketType.PingResp or PacketType.Disconnect or PacketType.Auth))
        {
            if (!fields.TryPacketId(out var id)) return null;
            words.Add(Id(id));
        }

        var isV5 = level == ProtocolLevel.V5;
        if (type is PacketType.SubAck or PacketType.UnsubAck)
        {
            var place = type == PacketType.SubAck ? PropertyPlaces.SubAck : PropertyPlaces.UnsubAck;
            if (isV5 && !fields.TryProperties(place, out properties)) return null;
            while (fields.TryByte(out var code)) words.Add(isV5 || type == PacketType.UnsubAck ? ReasonWords.Of(type, code) : ReasonWords.OfSubscription(code));
        }
        else if (fields.TryByte(out var reason))
        {
            // Sections 3.4.2.1 and 3.14.2.1: what is left out means success.
            words.Add(ReasonWords.Of(type, reason));
            if (!fields.IsAtEnd && !fields.TryProperties(PropertyPlaces.Any, out properties)) return null;
        }

        return fields.IsAtEnd ? Of([], words, PropertyWords.Of(properties)) : null;
    }

    static bool TryHead(
        scoped ref FieldReader fields, ProtocolLevel level, PropertyPlaces place, out ushort id, out ReadOnlySpan<byte> properties)
    {
        properties = default;
        return fields.TryPacketId(out id) && (level == ProtocolLevel.V311 || fields.TryProperties(place, out properties));
    }

    static KeyValuePair<string, string> OfWill(KeyValuePair<string, string> property) =>
        property.Key.StartsWith("will-", StringComparison.Ordinal) ? property : new($"will-{property.Key}", property.Value);

    static string Id(ushort id) => Invariant($"id {id}");

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    static DecodedOperation Of(IReadOnlyList<string> resources, IEnumerable<string> words, IReadOnlyList<KeyValuePair<string, string>> fields) =>
        new() { Name = "", Direction = default, Resources = resources, Detail = string.Join(", ", words), Fields = fields };
}
