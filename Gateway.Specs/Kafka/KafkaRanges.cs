using Gateway.Protocols.Kafka;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Specs.Kafka;

/// <summary>What clients may use at brokers of the specs' own making.</summary>
static class KafkaRanges
{
    const short ApiVersions = 18;

    /// <summary>At one that speaks every version there is.</summary>
    public static ApiRanges Everything { get; } = OfEverything();

    static ApiRanges OfEverything()
    {
        var answer = new StructValue(KafkaApi.All[ApiVersions].Response(0).Body);
        foreach (var key in KafkaApi.All.Keys) answer.Add("ApiKeys").With("ApiKey", key).With("MinVersion", 0L).With("MaxVersion", (long)short.MaxValue);
        return ApiRanges.Of(answer);
    }
}
