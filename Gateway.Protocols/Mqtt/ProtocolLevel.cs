namespace Gateway.Protocols.Mqtt;

/// <summary>The protocol versions the gateway speaks, by the byte that CONNECT carries. MQTT 5 section 3.1.2.2.</summary>
public enum ProtocolLevel : byte
{
    V311 = 4,
    V5 = 5,
}
