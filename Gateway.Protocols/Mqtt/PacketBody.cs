namespace Gateway.Protocols.Mqtt;

/// <summary>
/// Checks the bodies of the small packets: all but CONNECT, CONNACK, PUBLISH and SUBSCRIBE. MQTT 5 sections 3.4 to 3.14, MQTT 3.1.1
/// likewise.
/// </summary>
static class PacketBody
{
    public static bool IsValid(PacketType type, ReadOnlySpan<byte> body, ProtocolLevel level, Direction direction) => type switch
    {
        PacketType.PubAck or PacketType.PubRec or PacketType.PubRel or PacketType.PubComp =>
            IsAcknowledgement(type, body, level, direction),
        PacketType.SubAck => IsSubAck(body, level),
        PacketType.UnsubAck => level == ProtocolLevel.V5 ? IsUnsubAck(body) : IsPacketId(body),
        PacketType.PingReq or PacketType.PingResp => body.IsEmpty,
        PacketType.Disconnect => IsDisconnect(body, level, direction),
        _ => false,
    };

    /// <summary><c>packet-id(2) [properties, MQTT 5] filter+</c>, no more than <paramref name="most"/> filters. Section 3.10.</summary>
    public static Refusal CheckUnsubscribe(ReadOnlySpan<byte> body, ProtocolLevel level, int most)
    {
        var fields = new FieldReader(body);
        if (!fields.TryPacketId(out _) || !TryProperties(ref fields, level, PropertyPlaces.Unsubscribe) || fields.IsAtEnd)
            return Refusal.FrameMalformed;
        for (var count = 1; !fields.IsAtEnd; count++)
        {
            if (count > most) return Refusal.FrameTooLarge;
            if (!fields.TryString(out var filter) || !TopicFilter.IsValid(filter)) return Refusal.FrameMalformed;
        }

        return Refusal.None;
    }

    /// <summary>Takes the property block of MQTT 5; in MQTT 3.1.1 there is none.</summary>
    public static bool TryProperties(scoped ref FieldReader fields, ProtocolLevel level, PropertyPlaces place) =>
        level == ProtocolLevel.V311 || fields.TryProperties(place, out _);

    /// <summary><c>packet-id(2) [reason [properties]]</c>, the optional parts in MQTT 5 only. Sections 3.4 to 3.7.</summary>
    static bool IsAcknowledgement(PacketType type, ReadOnlySpan<byte> body, ProtocolLevel level, Direction direction)
    {
        var fields = new FieldReader(body);
        if (!fields.TryPacketId(out _)) return false;
        return fields.IsAtEnd || (level == ProtocolLevel.V5 && TryReason(ref fields, type, direction, Place(type), out _));
    }

    /// <summary><c>packet-id(2) [properties, MQTT 5] code+</c>. Section 3.9.</summary>
    static bool IsSubAck(ReadOnlySpan<byte> body, ProtocolLevel level)
    {
        var fields = new FieldReader(body);
        if (!fields.TryPacketId(out _) || !TryProperties(ref fields, level, PropertyPlaces.SubAck) || fields.IsAtEnd) return false;
        while (fields.TryByte(out var code))
        {
            var isV5 = level == ProtocolLevel.V5;
            if (!(isV5 ? ReasonCodes.IsKnown(PacketType.SubAck, code, Direction.ToClient) : ReasonCodes.IsKnownReturn(code))) return false;
        }

        return true;
    }

    /// <summary>MQTT 5: <c>packet-id(2) properties code+</c>. Section 3.11.</summary>
    static bool IsUnsubAck(ReadOnlySpan<byte> body)
    {
        var fields = new FieldReader(body);
        if (!fields.TryPacketId(out _) || !fields.TryProperties(PropertyPlaces.UnsubAck, out _) || fields.IsAtEnd) return false;
        while (fields.TryByte(out var code))
        {
            if (!ReasonCodes.IsKnown(PacketType.UnsubAck, code, Direction.ToClient)) return false;
        }

        return true;
    }

    static bool IsPacketId(ReadOnlySpan<byte> body)
    {
        var fields = new FieldReader(body);
        return fields.TryPacketId(out _) && fields.IsAtEnd;
    }

    /// <summary>
    /// MQTT 5: <c>[reason [properties]]</c>; a server has no session expiry interval to give ([MQTT-3.14.2-2]). Section 3.14.
    /// </summary>
    static bool IsDisconnect(ReadOnlySpan<byte> body, ProtocolLevel level, Direction direction)
    {
        if (body.IsEmpty) return true;
        var fields = new FieldReader(body);
        return level == ProtocolLevel.V5
            && TryReason(ref fields, PacketType.Disconnect, direction, PropertyPlaces.Disconnect, out var properties)
            && !(direction == Direction.ToClient && PropertyBlock.Contains(properties, PropertyTable.SessionExpiryInterval));
    }

    static bool TryReason(
        scoped ref FieldReader fields, PacketType type, Direction direction, PropertyPlaces place, out ReadOnlySpan<byte> properties)
    {
        properties = default;
        if (!fields.TryByte(out var code) || !ReasonCodes.IsKnown(type, code, direction)) return false;
        return fields.IsAtEnd || (fields.TryProperties(place, out properties) && fields.IsAtEnd);
    }

    static PropertyPlaces Place(PacketType type) => type switch
    {
        PacketType.PubAck => PropertyPlaces.PubAck,
        PacketType.PubRec => PropertyPlaces.PubRec,
        PacketType.PubRel => PropertyPlaces.PubRel,
        _ => PropertyPlaces.PubComp,
    };
}
