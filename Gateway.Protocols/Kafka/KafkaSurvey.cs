using System.Buffers;
using Gateway.Protocols.Kafka.Login;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;

namespace Gateway.Protocols.Kafka;

/// <summary>What the gateway has to know of a Kafka cluster before it can answer a client: it is asked before the client has logged in.</summary>
/// <param name="Ranges">What clients may use.</param>
/// <param name="Brokers">The brokers by their node ids, where they really are.</param>
public sealed record KafkaFacts(ApiRanges Ranges, IReadOnlyDictionary<int, BrokerAddress> Brokers) : UpstreamFacts
{
    /// <summary>Which topics ids stand for, as far as anybody was told: it outlives what else was learnt, and grows with what passes.</summary>
    public TopicIds Topics { get; init; } = new();

    public override (string Host, int Port)? PlaceOf(int node) => Brokers.TryGetValue(node, out var broker) ? (broker.Host, broker.Port) : null;
}

/// <summary>Asks a broker: <c>ApiVersions v0</c>, the gateway's login if it has one, <c>Metadata</c> of no topic.</summary>
public sealed class KafkaSurvey(Limits limits, UpstreamFacts? known = null) : IUpstreamSurvey
{
    const int ApiVersionsId = 100;
    const int MetadataId = 101;

    static readonly MessageLayout s_apiVersions = KafkaApi.All[ApiKeys.ApiVersions].Response(0);

    UpstreamCredentials? _credentials;
    GatewaySasl? _sasl;
    ApiRanges? _ranges;
    MessageLayout? _metadata;
    KafkaFacts? _facts;

    public int MaxLoginBytes => limits.KafkaHeldResponse;

    public UpstreamFacts Facts => _facts ?? throw new InvalidOperationException("The survey is not done.");

    public void StartUpstreamLogin(UpstreamCredentials credentials, IBufferWriter<byte> toUpstream)
    {
        _credentials = credentials;
        var layout = KafkaApi.All[ApiKeys.ApiVersions].Request(0);
        toUpstream.Write(KafkaFrame.Request(layout, ApiVersionsId, new StructValue(layout.Body)));
    }

    public UpstreamLoginRead ReadUpstreamLogin(ReadOnlySpan<byte> received, IBufferWriter<byte> toUpstream)
    {
        if (_ranges is null) return ReadApiVersions(received, toUpstream);
        if (_sasl is { IsDone: false } sasl)
        {
            var login = sasl.Read(received, toUpstream, limits.Login);
            return sasl.IsDone ? AskMetadata(login, toUpstream) : login;
        }

        return ReadMetadata(received);
    }

    UpstreamLoginRead ReadApiVersions(ReadOnlySpan<byte> received, IBufferWriter<byte> toUpstream)
    {
        var read = ResponseReading.Read(received, s_apiVersions, ApiVersionsId, limits.Login, out var body);
        if (body is null) return read;
        if (body.Number("ErrorCode") is not 0 and var error)
            return UpstreamLoginRead.Refused(Refusal.UpstreamFrameMalformed, $"the upstream does not tell its APIs: error {error}");
        _ranges = ApiRanges.Of(body);
        if (_credentials is not { UserName: not null } own) return AskMetadata(read, toUpstream);
        _sasl = new GatewaySasl(own, _ranges.UpstreamSasl);
        _credentials = null;
        _sasl.Start(toUpstream);
        return read;
    }

    UpstreamLoginRead AskMetadata(UpstreamLoginRead read, IBufferWriter<byte> toUpstream)
    {
        if (_ranges!.Last(ApiKeys.Metadata) is not { } version || version == 0)
            return UpstreamLoginRead.Refused(Refusal.UpstreamFrameMalformed, "the upstream speaks no version of Metadata that the gateway knows");
        var request = KafkaApi.All[ApiKeys.Metadata].Request(version);
        // An empty list of topics is none from version 1 on; null is all.
        var body = new StructValue(request.Body).With("Topics", new List<object?>());
        toUpstream.Write(KafkaFrame.Request(request, MetadataId, body.WithAny("AllowAutoTopicCreation", 0L)));
        _metadata = KafkaApi.All[ApiKeys.Metadata].Response(version);
        return read;
    }

    UpstreamLoginRead ReadMetadata(ReadOnlySpan<byte> received)
    {
        var read = ResponseReading.Read(received, _metadata!, MetadataId, limits.KafkaHeldResponse, out var body);
        if (body is null) return read;
        var brokers = new Dictionary<int, BrokerAddress>();
        foreach (var broker in body.Structs("Brokers"))
            brokers[(int)broker.Number("NodeId")] = new(broker.Text("Host") ?? "", (int)broker.Number("Port"));
        _facts = new KafkaFacts(_ranges!, brokers) { Topics = (known as KafkaFacts)?.Topics ?? new() };
        return UpstreamLoginRead.Done(read.Consumed);
    }
}
