namespace Gateway.Protocols.Mqtt;

/// <summary>The blocks a property can stand in: one per packet type, and the will's own. MQTT 5 section 2.2.2.2, table 2-4.</summary>
[Flags]
public enum PropertyPlaces
{
    None = 0,
    Connect = 1 << 0,
    ConnAck = 1 << 1,
    Publish = 1 << 2,
    PubAck = 1 << 3,
    PubRec = 1 << 4,
    PubRel = 1 << 5,
    PubComp = 1 << 6,
    Subscribe = 1 << 7,
    SubAck = 1 << 8,
    Unsubscribe = 1 << 9,
    UnsubAck = 1 << 10,
    Disconnect = 1 << 11,
    Auth = 1 << 12,
    Will = 1 << 13,
    Any = (1 << 14) - 1,
}
