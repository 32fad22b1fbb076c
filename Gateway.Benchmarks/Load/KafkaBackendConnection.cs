using System.Buffers.Binary;
using Gateway.Benchmarks.Tls;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Benchmarks.Load;

/// <summary>The least that passes for a broker: says what it speaks and where it is, and answers as <see cref="KafkaDialogue"/> has it.</summary>
sealed class KafkaBackendConnection(TlsConnection tls) : HeldBackendConnection(tls, capacity: 2 * Dialogue.BlockBytes)
{
    /// <summary>Size, API key, version and correlation id of a request.</summary>
    const int HeadBytes = 12;

    static readonly byte[] s_confirmed = KafkaDialogue.Confirmation();
    static readonly byte[] s_fetched = KafkaDialogue.Fetch();

    // Bytes of the request that was answered last which have not come yet: they are not looked at.
    long _skip;

    protected override int? Take(ReadOnlySpan<byte> held)
    {
        if (_skip == 0)
        {
            if (held.Length < HeadBytes) return 0;
            if (!TryReply(Answer(held))) return null;
            _skip = sizeof(int) + (long)BinaryPrimitives.ReadUInt32BigEndian(held);
        }

        var skipped = (int)Math.Min(_skip, held.Length);
        _skip -= skipped;
        return skipped;
    }

    static byte[] Answer(ReadOnlySpan<byte> head)
    {
        var (key, correlationId) = (BinaryPrimitives.ReadInt16BigEndian(head[4..]), BinaryPrimitives.ReadInt32BigEndian(head[8..]));
        return (key, correlationId) switch
        {
            (KafkaDialogue.ApiVersionsKey, _) => ApiVersions(correlationId),
            (KafkaDialogue.MetadataKey, _) => Metadata(correlationId),
            (_, KafkaDialogue.Confirmed) => s_confirmed,
            (_, KafkaDialogue.Fetched) => s_fetched,
            _ => [],
        };
    }

    static byte[] ApiVersions(int correlationId)
    {
        var layout = KafkaApi.All[KafkaDialogue.ApiVersionsKey].Response(0);
        var body = new StructValue(layout.Body);
        foreach (var (key, version) in new[]
        {
            (KafkaDialogue.ProduceKey, KafkaDialogue.ProduceVersion), (KafkaDialogue.FetchKey, KafkaDialogue.FetchVersion),
            (KafkaDialogue.MetadataKey, KafkaDialogue.MetadataVersion), (KafkaDialogue.ApiVersionsKey, (short)0),
        })
            body.Add("ApiKeys").With("ApiKey", key).With("MinVersion", version).With("MaxVersion", version);
        return KafkaFrame.Response(layout, correlationId, body);
    }

    static byte[] Metadata(int correlationId)
    {
        var layout = KafkaApi.All[KafkaDialogue.MetadataKey].Response(KafkaDialogue.MetadataVersion);
        var body = new StructValue(layout.Body).With("ControllerId", 1L);
        body.Add("Brokers").With("NodeId", 1L).With("Host", "127.0.0.1").With("Port", 9092L);
        return KafkaFrame.Response(layout, correlationId, body);
    }
}
