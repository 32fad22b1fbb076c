using System.Buffers.Binary;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Load;

/// <summary>The least that passes for a broker: says what it speaks and where it is, and answers as <see cref="KafkaDialogue"/> has it.</summary>
sealed class KafkaBackendConnection(TlsConnection tls) : HeldBackendConnection(tls, capacity: 2 * Dialogue.BlockBytes)
{
    /// <summary>Size, API key, version and correlation id of a request.</summary>
    const int HeadBytes = 12;

    // Bytes of the request that was answered last which have not come yet: they are not looked at.
    long _skip;
    int _fetched;

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

    byte[] Answer(ReadOnlySpan<byte> head)
    {
        var (key, correlationId) = (BinaryPrimitives.ReadInt16BigEndian(head[4..]), BinaryPrimitives.ReadInt32BigEndian(head[8..]));
        return (key, correlationId) switch
        {
            (KafkaDialogue.ApiVersionsKey, _) => ApiVersions(correlationId),
            (KafkaDialogue.MetadataKey, _) => Metadata(correlationId),
            (KafkaDialogue.SaslHandshakeKey, _) => KafkaDialogue.Answer(
                KafkaDialogue.SaslHandshakeKey, KafkaDialogue.SaslHandshakeVersion, correlationId, static _ => { }),
            (KafkaDialogue.SaslAuthenticateKey, _) => KafkaDialogue.Answer(
                KafkaDialogue.SaslAuthenticateKey, KafkaDialogue.SaslAuthenticateVersion, correlationId, static _ => { }),
            (_, KafkaDialogue.Confirmed) => KafkaDialogue.Confirmation,
            (_, KafkaDialogue.Fetched) => KafkaDialogue.Fetches[_fetched++ % KafkaDialogue.Fetches.Count],
            _ => [],
        };
    }

    static byte[] ApiVersions(int id) => KafkaDialogue.Answer(KafkaDialogue.ApiVersionsKey, KafkaDialogue.ApiVersionsVersion, id, static body =>
    {
        foreach (var (key, version) in new[]
        {
            (KafkaDialogue.ProduceKey, KafkaDialogue.ProduceVersion), (KafkaDialogue.FetchKey, KafkaDialogue.FetchVersion),
            (KafkaDialogue.MetadataKey, KafkaDialogue.MetadataVersion), (KafkaDialogue.ApiVersionsKey, KafkaDialogue.ApiVersionsVersion),
        })
            body.Add("ApiKeys").With("ApiKey", key).With("MinVersion", version).With("MaxVersion", version);
    });

    static byte[] Metadata(int id) => KafkaDialogue.Answer(KafkaDialogue.MetadataKey, KafkaDialogue.MetadataVersion, id, static body =>
        body.With("ControllerId", 1L).Add("Brokers").With("NodeId", 1L).With("Host", "127.0.0.1").With("Port", 9092L));
}
