namespace Gateway.Protocols;

/// <summary>Every cap on what an untrusted peer can make the gateway hold. Lengths are in bytes. A length is compared with its cap before it sizes anything.</summary>
public sealed record Limits
{
    public static readonly Limits Default = new();

    /// <summary>A ClientHello, records and handshake header included. Origin: post-quantum key shares need about 1.8 KB; OpenSSL and nginx accept 16 KB of hello.</summary>
    public int ClientHello { get; init; } = 16 * 1024;

    /// <summary>All bytes of a client's login together. Origin: a token with many group claims reaches 8 to 16 KB; an MQTT will payload shares the frame.</summary>
    public int Login { get; init; } = 96 * 1024;

    /// <summary>One MQTT packet, fixed header included. Origin: MQTT 5 section 2.1.4, the variable byte integer's own maximum.</summary>
    public long MqttPacket { get; init; } = 268_435_455 + 5L;

    /// <summary>
    /// The part of an MQTT packet that is held until it is judged: everything but the payload of a PUBLISH. Origin: a topic and each property is at
    /// most 64 KiB (section 1.5.4); a SUBSCRIBE with hundreds of filters fits.
    /// </summary>
    public int MqttHeader { get; init; } = 128 * 1024;

    /// <summary>Topic filters in one SUBSCRIBE or UNSUBSCRIBE. Origin: brokers cap it between 8 (AWS IoT) and a few thousand.</summary>
    public int MqttFilters { get; init; } = 1024;

    /// <summary>MQTT 5 topic aliases held per direction. Origin: mosquitto and EMQX default to 10 and 65535; 1,024 names bound the memory.</summary>
    public int MqttTopicAliases { get; init; } = 1024;
}
