using Gateway.Protocols.Kafka;
using Gateway.Protocols.Kafka.Reading;
using Gateway.Protocols.Kafka.Rules;
using Gateway.Protocols.Masking;
using Gateway.Protocols.Mqtt;
using Gateway.Protocols.Opaque;
using Gateway.Protocols.Reading;
using Gateway.Protocols.Redriving;
using Gateway.Protocols.Sasl;

namespace Gateway.Protocols;

/// <summary>The protocols the gateway speaks, each by the name a connection profile uses. The one place that lists them.</summary>
public static class ProtocolCatalog
{
    public static readonly IReadOnlyList<ProtocolEntry> All =
    [
        new("mqtt", HasLogin: true, Operations: [OperationJudge.Publish, OperationJudge.Subscribe], limits => new MqttConversation(limits))
        {
            IsResource = resource => TopicFilter.IsRulePattern(resource),
            ResourceExample = "sensors/+/state or sensors/#",
            Reader = (limits, _) => new MqttReader(limits),
            Redrive = () => new MqttRedrive(),
            Masks = MaskedParts.Value | MaskedParts.Headers,
            MatchesTopic = TopicFilter.Matches,
            PlainPort = 1883,
            // CONNECT of MQTT 3.1.1, which every broker speaks: clean session, keep alive 30 s, no client identifier (section 3.1).
            ProbeLogin = new byte[] { 0x10, 12, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 0x02, 0, 30, 0, 0 },
        },
        new("kafka", HasLogin: true, Operations: KafkaOperations.Words, limits => new KafkaConversation(limits))
        {
            IsResource = resource => NamePattern.IsValid(resource),
            ResourceExample = "orders or orders-*",
            Reader = (limits, facts) => new KafkaReader(limits, facts as KafkaFacts),
            Redrive = () => new KafkaRedrive(),
            Masks = MaskedParts.Value | MaskedParts.Key | MaskedParts.Headers,
            MatchesTopic = NamePattern.Matches,
            Survey = (limits, known) => new KafkaSurvey(limits, known),
            Mechanisms = SaslMechanisms.All,
            HasAccounts = true,
            PlainPort = 9092,
        },
        new("tls", HasLogin: false, Operations: [], _ => new OpaqueConversation()) { Redrive = () => new OpaqueRedrive() },
    ];

    /// <summary>The words of every protocol's operations.</summary>
    public static IReadOnlyList<string> Operations { get; } = [.. All.SelectMany(p => p.Operations).Distinct()];

    /// <summary>The protocol of that name, or null.</summary>
    public static ProtocolEntry? Find(string name) => All.FirstOrDefault(p => p.Name == name);
}

/// <summary>One protocol: its name, whether a client can bring a token in its login, the operations its rules may name, and how a conversation starts.</summary>
public sealed record ProtocolEntry(string Name, bool HasLogin, IReadOnlyList<string> Operations, Func<Limits, Conversation> Begin)
{
    /// <summary>Whether a rule may name that resource: judging by a pattern that means nothing could allow what nobody meant.</summary>
    public Func<string, bool> IsResource { get; init; } = _ => true;

    /// <summary>Which parts of a payload masking rules may name; none where nothing can be masked.</summary>
    public MaskedParts Masks { get; init; }

    /// <summary>Whether a resource of a rule stands for that topic.</summary>
    public TopicMatch MatchesTopic { get; init; } = static (_, _) => false;

    /// <summary>What such a resource looks like, for whoever has to correct one.</summary>
    public string ResourceExample { get; init; } = "";

    /// <summary>How the gateway can prove itself to an upstream; none where the protocol leaves no choice.</summary>
    public IReadOnlyList<SaslMechanism> Mechanisms { get; init; } = [];

    /// <summary>Whether clients can prove themselves by SCRAM, as accounts of the connection's own.</summary>
    public bool HasAccounts { get; init; }

    /// <summary>
    /// A client's login without credentials, for the gateway to try the upstream with when there is no client. Empty where there is no login.
    /// </summary>
    public ReadOnlyMemory<byte> ProbeLogin { get; init; }

    /// <summary>How recorded bytes are read as operations; null where there are none: see <see cref="OperationReader.Of"/>.</summary>
    public Func<ReaderLimits, UpstreamFacts?, OperationReader>? Reader { get; init; }

    /// <summary>How what a client said is said again; null where that is not known.</summary>
    public Func<Redrive>? Redrive { get; init; }

    /// <summary>The port IANA gave the protocol without TLS, by which other programs know it; null where there is none.</summary>
    public int? PlainPort { get; init; }

    /// <summary>
    /// How to learn what a conversation has to know of the upstream before it begins, where that much is known already; null: nothing.
    /// </summary>
    public Func<Limits, UpstreamFacts?, IUpstreamSurvey>? Survey { get; init; }
}
