using System.Buffers.Binary;
using Gateway.Benchmarks.Tls;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Benchmarks.Load;

/// <summary>The least that passes for a broker: says what it speaks and where it is, and answers as <see cref="KafkaDialogue"/> has it.</summary>
sealed class KafkaBackendConnection(TlsConnection tls) : BackendConnection(tls, capacity: 2 * Dialogue.BlockBytes)
{
    /// <summary>Size, API key, version and correlation id of a request.</summary>
    const int HeadBytes = 12;

    static readonly byte[] s_confirmed = KafkaDialogue.Confirmation();
    static readonly byte[] s_fetched = KafkaDialogue.Fetch();

    readonly byte[] _inbox = new byte[Dialogue.BlockBytes];
    int _held;
    long _skip;

    protected override bool Talk()
    {
        while (true)
        {
            var progress = Flush();
            if (progress > 0) progress = Tls.Read(_inbox.AsSpan(_held));
            if (progress <= 0) return progress == TlsConnection.WouldBlock;
            _held += progress;
            if (!AnswerRequests()) return false;
        }
    }

    bool AnswerRequests()
    {
        var at = 0;
        while (true)
        {
            var skipped = (int)Math.Min(_skip, _held - at);
            at += skipped;
            _skip -= skipped;
            if (_skip > 0 || _held - at < HeadBytes) break;
            if (!Answer(_inbox.AsSpan(at, HeadBytes))) return false;
            _skip = sizeof(int) + (long)BinaryPrimitives.ReadUInt32BigEndian(_inbox.AsSpan(at));
        }

        _inbox.AsSpan(at, _held - at).CopyTo(_inbox);
        _held -= at;
        return true;
    }

    bool Answer(ReadOnlySpan<byte> head)
    {
        var (key, correlationId) = (BinaryPrimitives.ReadInt16BigEndian(head[4..]), BinaryPrimitives.ReadInt32BigEndian(head[8..]));
        var reply = (key, correlationId) switch
        {
            (KafkaDialogue.ApiVersionsKey, _) => ApiVersions(correlationId),
            (KafkaDialogue.MetadataKey, _) => Metadata(correlationId),
            (_, KafkaDialogue.Confirmed) => s_confirmed,
            (_, KafkaDialogue.Fetched) => s_fetched,
            _ => [],
        };
        // The client waits for one answer before it asks for the next: a full outbox is a broken promise of the load generator.
        if (reply.Length > Room) return false;
        Queue(reply);
        return true;
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
