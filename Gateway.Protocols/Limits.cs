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

    /// <summary>
    /// The payload of an MQTT PUBLISH that rules mask, which is held until it is whole. A larger one is refused: nobody has seen what it hides. Origin:
    /// messages of devices are kilobytes; AWS IoT takes 128 KiB, Azure 256 KiB.
    /// </summary>
    public int MqttMasked { get; init; } = 1024 * 1024;

    /// <summary>Topic filters in one SUBSCRIBE or UNSUBSCRIBE. Origin: brokers cap it between 8 (AWS IoT) and a few thousand.</summary>
    public int MqttFilters { get; init; } = 1024;

    /// <summary>
    /// Operations denied within one chunk of input; a client that asks for more at once is sent away. Origin: the journal's cap on the
    /// operations of one event; a chunk of 64 KiB could hold 13,000 of the shortest PUBLISH packets.
    /// </summary>
    public int Denials { get; init; } = 4096;

    /// <summary>
    /// UTF-16 units of the names denied within one chunk of input. Origin: a held head and a chunk of 64 KiB cannot name more, but a topic
    /// alias lets a packet of 8 bytes stand for a name of 64 Ki units.
    /// </summary>
    public int DeniedNames { get; init; } = 256 * 1024;

    /// <summary>
    /// UTF-16 units of denied topic names held because an MQTT 5 topic alias stands for them; of allowed ones only the fact is held. Origin:
    /// the aliases of a well-behaved client name a handful of topics, and one name may have 64 Ki units.
    /// </summary>
    public int MqttDeniedAliasNames { get; init; } = 128 * 1024;

    /// <summary>
    /// Answers of the gateway's own that wait for the end of a PUBLISH streaming the same way. Origin: 13,000 acknowledgements, more than
    /// the 20 to 2,000 in-flight messages clients and brokers allow by default.
    /// </summary>
    public int MqttAnswers { get; init; } = 64 * 1024;

    /// <summary>
    /// SUBSCRIBE packets of which some filters were denied and whose SUBACK is awaited. Origin: clients await each; some send a few at once.
    /// </summary>
    public int MqttPartialSubscribes { get; init; } = 64;

    /// <summary>One Kafka frame, its size included. Origin: the broker's own default, socket.request.max.bytes; consumers ask for 50 MiB.</summary>
    public long KafkaFrame { get; init; } = 104_857_600 + 4L;

    /// <summary>
    /// The header of a Kafka frame. Origin: a client id is at most 32 KiB, and tagged fields of a header hold nothing today.
    /// </summary>
    public int KafkaHeader { get; init; } = 40 * 1024;

    /// <summary>
    /// A Kafka request that is held until it is judged: every one but Produce. Origin: assignments of large groups are smaller than producers'
    /// max.request.size, which is 1 MiB by default.
    /// </summary>
    public int KafkaHeldRequest { get; init; } = 2 * 1024 * 1024;

    /// <summary>
    /// A Produce that is held until rules have judged it: one for several topics at once, or for one that is denied. Origin: sixteen times the
    /// max.request.size that producers have by default.
    /// </summary>
    public int KafkaHeldProduce { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// A Kafka response that is held because it holds addresses or names: every one but Fetch, and that too where a part of it was denied or
    /// rules mask it. Origin: the metadata of a cluster with 100,000 partitions is 5 to 8 MiB.
    /// </summary>
    public int KafkaHeldResponse { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// What the records of one Kafka frame that rules mask may decompress to, together. Origin: twice the most that a frame which is held may have;
    /// records of text compress to a fifth.
    /// </summary>
    public int KafkaMaskedRecords { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// What masking may write in the place of one MQTT message, or of the records of one Kafka frame: a long text in the place of each short number
    /// would be hundreds of times as much. Origin: twice what the records of a frame may be.
    /// </summary>
    public int MaskedOutput { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// What a Fetch may ask for at once where rules mask its response, which is held until it is whole. Origin: half of what may be held, as a broker
    /// sends one batch more than it is asked for where that is the first.
    /// </summary>
    public int KafkaMaskedFetch { get; init; } = 8 * 1024 * 1024;

    /// <summary>
    /// Structs of a Kafka message that is read into memory, each about 100 bytes; in a request, numbers of lists count as such. Origin: far
    /// more than the topics and partitions of one request of a well-behaved client.
    /// </summary>
    public int KafkaStructs { get; init; } = 64 * 1024;

    /// <summary>Kafka requests that await their response. Origin: clients allow themselves 5 (Java) to a few hundred; each takes about 50 bytes.</summary>
    public int KafkaInFlight { get; init; } = 8192;

    /// <summary>
    /// Bytes of the gateway's own Kafka answers that wait for responses before them, and of what it has to put into responses to requests
    /// that were denied in part. Origin: thousands of refusals.
    /// </summary>
    public int KafkaAnswers { get; init; } = 1024 * 1024;

    /// <summary>Bytes of a client's that come while the gateway renews its login at a broker. Origin: nothing is read then but what was on its way.</summary>
    public int KafkaPaused { get; init; } = 1024 * 1024;
}
