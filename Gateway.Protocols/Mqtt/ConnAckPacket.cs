namespace Gateway.Protocols.Mqtt;

/// <summary>
/// CONNACK, the server's answer to CONNECT: <c>flags(1) code(1) [properties, MQTT 5]</c>. MQTT 5 section 3.2, MQTT 3.1.1 section 3.2.
/// </summary>
/// <param name="Code">0 for success; otherwise a return code of MQTT 3.1.1 or a reason code of MQTT 5.</param>
/// <param name="TopicAliasMaximum">The highest topic alias the server accepts.</param>
/// <param name="MaximumPacketSize">The largest packet the server accepts, in bytes. MQTT 5 section 3.2.2.3.6.</param>
readonly record struct ConnAckPacket(byte Code, ushort TopicAliasMaximum, uint MaximumPacketSize = uint.MaxValue)
{
    /// <summary>MQTT 3.1.1: "the server does not support the level of the MQTT protocol requested".</summary>
    public const byte UnacceptableVersion = 1;

    /// <summary>MQTT 5: "unsupported protocol version".</summary>
    public const byte UnsupportedVersion = 0x84;

    /// <summary>A server that speaks MQTT 3.1.1 only answers a CONNECT of MQTT 5 in its own form (MQTT 3.1.1 section 3.1.2.2).</summary>
    static ReadOnlySpan<byte> OldServersNo => [0, UnacceptableVersion];

    public bool IsSuccess => Code == 0;

    public static bool TryRead(ReadOnlySpan<byte> body, ProtocolLevel level, out ConnAckPacket connAck)
    {
        connAck = default;
        var fields = new FieldReader(body);
        ReadOnlySpan<byte> properties = default;
        if (level == ProtocolLevel.V5 && body.SequenceEqual(OldServersNo))
        {
            connAck = new ConnAckPacket(UnsupportedVersion, 0);
            return true;
        }

        if (!fields.TryByte(out var flags) || !fields.TryByte(out var code)) return false;
        if (level == ProtocolLevel.V5 && !fields.TryProperties(PropertyPlaces.ConnAck, out properties)) return false;

        // Only bit 0, "session present", may be set, and only on success ([MQTT-3.2.2-6]).
        if (flags > 1 || (flags == 1 && code != 0) || !fields.IsAtEnd) return false;

        // No method was offered, so none may be answered ([MQTT-4.12.0-6]).
        if (PropertyBlock.Contains(properties, PropertyTable.AuthenticationMethod)) return false;
        connAck = new ConnAckPacket(
            code, PropertyBlock.TwoBytes(properties, PropertyTable.TopicAliasMaximum, 0),
            PropertyBlock.FourBytes(properties, PropertyTable.MaximumPacketSize, uint.MaxValue));
        return level == ProtocolLevel.V5 ? ReasonCodes.IsKnown(PacketType.ConnAck, code, Direction.ToClient) : code <= 5;
    }

    /// <summary>What the answer means for the gateway's own login.</summary>
    public Refusal Judge(ProtocolLevel level) => (level, Code) switch
    {
        (_, 0) => Refusal.None,
        (ProtocolLevel.V311, 4 or 5) => Refusal.UpstreamCredentialsRefused,
        (ProtocolLevel.V311, 3) => Refusal.UpstreamUnreachable,

        // Bad user name or password, not authorized, banned, bad authentication method.
        (ProtocolLevel.V5, 0x86 or 0x87 or 0x8A or 0x8C) => Refusal.UpstreamCredentialsRefused,

        // Unavailable, busy, quota exceeded, use another server, server moved, connection rate exceeded.
        (ProtocolLevel.V5, 0x88 or 0x89 or 0x97 or 0x9C or 0x9D or 0x9F) => Refusal.UpstreamUnreachable,
        _ => Refusal.UpstreamLost,
    };
}
