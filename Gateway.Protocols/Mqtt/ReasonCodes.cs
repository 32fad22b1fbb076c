namespace Gateway.Protocols.Mqtt;

/// <summary>
/// The reason codes each packet may carry. MQTT 5 section 2.4 and the packet's own section; MQTT 3.1.1 sections 3.2.2.3 and 3.9.3.
/// </summary>
static class ReasonCodes
{
    public const byte NotAuthorized = 0x87;
    public const byte QuotaExceeded = 0x97;

    /// <summary>The only SUBACK failure of MQTT 3.1.1, "unspecified error" in MQTT 5.</summary>
    public const byte Failure = 0x80;

    /// <summary>True when MQTT 5 gives the packet type that code.</summary>
    public static bool IsKnown(PacketType type, byte code, Direction direction) => type switch
    {
        PacketType.ConnAck => code is 0 or (>= 0x80 and <= 0x8A) or 0x8C or 0x90 or 0x95 or 0x97 or (>= 0x99 and <= 0x9D) or 0x9F,
        PacketType.PubAck or PacketType.PubRec => code is 0 or 0x10 or 0x80 or 0x83 or 0x87 or 0x90 or 0x91 or 0x97 or 0x99,
        PacketType.PubRel or PacketType.PubComp => code is 0 or 0x92,
        PacketType.SubAck => code is <= 2 or 0x80 or 0x83 or 0x87 or 0x8F or 0x91 or 0x97 or 0x9E or 0xA1 or 0xA2,
        PacketType.UnsubAck => code is 0 or 0x11 or 0x80 or 0x83 or 0x87 or 0x8F or 0x91,
        PacketType.Disconnect when direction == Direction.ToUpstream =>
            code is 0 or 4 or (>= 0x80 and <= 0x83) or 0x90 or (>= 0x93 and <= 0x99),
        PacketType.Disconnect =>
            code is 0 or (>= 0x80 and <= 0x83) or 0x87 or 0x89 or 0x8B or (>= 0x8D and <= 0x90) or (>= 0x93 and <= 0xA2),
        _ => false,
    };

    /// <summary>True for a return code of a SUBACK of MQTT 3.1.1.</summary>
    public static bool IsKnownReturn(byte code) => code is <= 2 or Failure;
}
