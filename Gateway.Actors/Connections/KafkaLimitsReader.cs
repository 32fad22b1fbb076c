using Gateway.Protocols;

namespace Gateway.Actors.Connections;

/// <summary>Reads <c>spec.limits.kafka</c>.</summary>
static class KafkaLimitsReader
{
    const string Protocol = "kafka";

    /// <summary>Origin: brokers' own socket.request.max.bytes.</summary>
    const int MostBytes = 104_857_600;

    /// <summary>Bytes per second at least. Origin: producers' default batch.size; below it, each batch would wait for seconds.</summary>
    const int LeastRate = 16_384;

    public static KafkaLimits Read(YamlFields limits, ProtocolEntry protocol)
    {
        if (!limits.Has(Protocol)) return KafkaLimits.None;
        if (protocol.Name is not (Protocol or "")) limits.Fault(Protocol, $"has no use: the connection speaks {protocol.Name}", "remove it");
        var fields = limits.Map(Protocol, ConnectionFields.KafkaLimits);
        var clientIds = fields.Texts("clientIds");
        fields.Require(!fields.Has("clientIds") || clientIds.Count > 0, "clientIds", "lets nobody in", "name a pattern, or remove clientIds");
        // A pattern of names: as rules write it.
        foreach (var pattern in clientIds.Where(pattern => protocol.Name == Protocol && !protocol.IsResource(pattern)))
            fields.Fault("clientIds", $"\"{pattern}\" is no pattern of names", $"write it like {protocol.ResourceExample}");
        return new KafkaLimits
        {
            MaxBatchBytes = Number(fields, "maxBatchBytes", 1024, MostBytes),
            ClientIds = clientIds,
            ProduceBytesPerSecond = Number(fields, "produceBytesPerSecond", LeastRate, int.MaxValue),
            FetchBytesPerSecond = Number(fields, "fetchBytesPerSecond", LeastRate, int.MaxValue),
        };
    }

    static int? Number(YamlFields fields, string key, int least, int most) => fields.Has(key) ? fields.Number(key, least, most, otherwise: null) : null;
}
