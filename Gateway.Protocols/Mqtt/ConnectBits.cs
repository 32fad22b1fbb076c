namespace Gateway.Protocols.Mqtt;

/// <summary>The connect flags of CONNECT: what its payload holds, and how the session starts. MQTT 5 section 3.1.2.3.</summary>
[Flags]
public enum ConnectBits : byte
{
    None = 0,

    /// <summary>Must be 0 ([MQTT-3.1.2-3]).</summary>
    Reserved = 0x01,
    CleanStart = 0x02,
    Will = 0x04,
    WillQoS = 0x18,
    WillRetain = 0x20,
    Password = 0x40,
    UserName = 0x80,
}
