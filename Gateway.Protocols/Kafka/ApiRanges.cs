using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;

namespace Gateway.Protocols.Kafka;

/// <summary>
/// The APIs and versions that a client may use: those that its broker speaks and the gateway understands. Features are not told: those of
/// Kafka 4 promise more than the versions do (KIP-890), and clients do without.
/// </summary>
public sealed class ApiRanges
{
    /// <summary>
    /// The last versions that a client is let use where the gateway's understanding ends before the schema's: later ones are for brokers, tell the addresses
    /// of controllers, or, of Fetch, addresses behind the records, for which all of a response would have to be held.
    /// </summary>
    static readonly Dictionary<short, short> s_last = new()
    {
        [ApiKeys.Fetch] = 15,
        [ApiKeys.AddPartitionsToTxn] = 3,
        [ApiKeys.DescribeQuorum] = 1,
    };

    /// <summary>The first versions that name topics by id alone: no use to a gateway that cannot ask which topic an id is.</summary>
    static readonly Dictionary<short, short> s_byId = new()
    {
        [ApiKeys.Produce] = 13,
        [ApiKeys.Fetch] = 13,
        [ApiKeys.OffsetCommit] = 10,
        [ApiKeys.OffsetFetch] = 10,
        [ApiKeys.ShareFetch] = 0,
        [ApiKeys.ShareAcknowledge] = 0,
    };

    /// <summary>Known, and refused: they hand out what logs in past the gateway.</summary>
    static readonly short[] s_none = [ApiKeys.DescribeUserScramCredentials, ApiKeys.AlterUserScramCredentials];

    readonly Dictionary<short, VersionRange> _ranges;

    ApiRanges(Dictionary<short, VersionRange> ranges, short upstreamSasl) => (_ranges, UpstreamSasl) = (ranges, upstreamSasl);

    /// <summary>The version of SaslAuthenticate in which the gateway itself logs in to the broker.</summary>
    public short UpstreamSasl { get; }

    /// <summary>What a broker says in its ApiVersions response, as far as the gateway goes.</summary>
    public static ApiRanges Of(StructValue apiVersions)
    {
        var ranges = new Dictionary<short, VersionRange>();
        var knowsIds = apiVersions.Structs("ApiKeys").Any(a => a.Number("ApiKey") == ApiKeys.Metadata && a.Number("MaxVersion") >= TopicLookup.FirstVersion);
        foreach (var offered in apiVersions.Structs("ApiKeys"))
        {
            var key = (short)offered.Number("ApiKey");
            if (KafkaApi.Find(key) is not { } api || s_none.Contains(key)) continue;
            var first = Math.Max(api.Versions.First, (short)offered.Number("MinVersion"));
            var last = Math.Min(s_last.GetValueOrDefault(key, api.Versions.Last), (short)offered.Number("MaxVersion"));
            if (!knowsIds && s_byId.TryGetValue(key, out var byId)) last = Math.Min(last, (short)(byId - 1));
            if (first <= last) ranges[key] = new(first, last);
        }

        var upstreamSasl = ranges.TryGetValue(ApiKeys.SaslAuthenticate, out var sasl) ? sasl.Last : (short)0;
        // These the gateway answers itself, whatever the broker speaks.
        foreach (var key in new[] { ApiKeys.SaslHandshake, ApiKeys.ApiVersions, ApiKeys.SaslAuthenticate }) ranges[key] = KafkaApi.All[key].Versions;
        return new ApiRanges(ranges, upstreamSasl);
    }

    /// <summary>Whether a request may be made.</summary>
    public bool Allow(short key, short version) => _ranges.TryGetValue(key, out var range) && range.Contains(version);

    /// <summary>The last version of that API, or null where it may not be used.</summary>
    public short? Last(short key) => _ranges.TryGetValue(key, out var range) ? range.Last : null;

    /// <summary>The answer to a client that asks. One that is newer than the gateway is told how old that is, in version 0 (KIP-511).</summary>
    public byte[] Answer(short version, int correlationId)
    {
        var api = KafkaApi.All[ApiKeys.ApiVersions];
        var isKnown = api.Versions.Contains(version);
        var layout = api.Response(isKnown ? version : (short)0);
        var body = new StructValue(layout.Body).With("ErrorCode", isKnown ? 0 : (long)KafkaError.UnsupportedVersion);
        foreach (var (key, range) in _ranges.OrderBy(r => r.Key))
        {
            if (!isKnown && key != ApiKeys.ApiVersions) continue;
            body.Add("ApiKeys").With("ApiKey", key).With("MinVersion", Told(key, range.First)).With("MaxVersion", range.Last);
        }

        return KafkaFrame.Response(layout, correlationId, body);
    }

    // librdkafka takes a Produce that does not begin with 0 for one that cannot compress (KAFKA-18659). No client makes use of 0 to 2.
    static short Told(short key, short first) => key == ApiKeys.Produce ? (short)0 : first;
}
