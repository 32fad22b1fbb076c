namespace Gateway.Protocols.Mqtt;

/// <summary>The control packets. MQTT 5 section 2.1.2; <see cref="Auth"/> exists in MQTT 5 only, 0 is reserved in both.</summary>
public enum PacketType : byte
{
    Connect = 1,
    ConnAck = 2,
    Publish = 3,
    PubAck = 4,
    PubRec = 5,
    PubRel = 6,
    PubComp = 7,
    Subscribe = 8,
    SubAck = 9,
    Unsubscribe = 10,
    UnsubAck = 11,
    PingReq = 12,
    PingResp = 13,
    Disconnect = 14,
    Auth = 15,
}

static class PacketTypeWords
{
    /// <summary>The name the standard gives it, such as <c>PUBLISH</c>.</summary>
    public static string Word(this PacketType type) => type.ToString().ToUpperInvariant();
}
