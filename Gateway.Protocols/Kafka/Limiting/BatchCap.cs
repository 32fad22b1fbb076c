using System.Text;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Rules;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Limiting;

/// <summary>
/// How much a Produce may bring for one partition. More is answered as brokers answer it, MESSAGE_TOO_LARGE, and goes no further; the other partitions of
/// the request do.
/// </summary>
/// <param name="most">Bytes of the records of one partition, as they come.</param>
/// <param name="limits">What may be read into memory.</param>
/// <param name="topics">Which topics ids stand for.</param>
/// <param name="sight">Told of each batch that was refused.</param>
sealed class BatchCap(int most, Limits limits, TopicIds topics, ITrafficSight? sight)
{
    /// <summary>The word of the operation in a session's record.</summary>
    const string Operation = "produce";

    readonly FrameWalk _walk = new();
    readonly MessageReader _reader = new();

    public int Most => most;

    /// <summary>Whether a whole Produce, which was walked already, brings too much for any partition.</summary>
    public bool IsExceeded(MessageLayout layout, ReadOnlySpan<byte> frame, int headLength)
    {
        if (frame.Length <= most) return false;
        _walk.Begin(layout, frame, headLength);
        while (_walk.TryNext(frame, out var token))
        {
            if (token is { Kind: BodyTokenKind.Length, Field.Type: FieldType.Records } && token.Number > most) return true;
        }

        return false;
    }

    /// <summary>What of such a Produce goes on, and what the client is told of the rest. Null where a <paramref name="fault"/> says why it cannot be read.</summary>
    public Judgement? Judge(MessageLayout layout, ReadOnlySpan<byte> body, out string fault)
    {
        var request = _reader.Read(layout, body, limits.KafkaStructs);
        fault = _reader.Fault;
        if (request is null) return null;
        var answer = new StructValue(KafkaApi.All[layout.Key].Response(layout.Version).Body);
        var denied = new List<DeniedOperation>();
        foreach (var topic in request.Structs("TopicData"))
        {
            StructValue? told = null;
            topic.List("PartitionData").RemoveAll(item =>
            {
                var partition = (StructValue)item!;
                if (partition["Records"] is not byte[] records || records.Length <= most) return false;
                told ??= ProduceAnswer.AddTopic(answer, topic[ProduceAnswer.KeyOf(topic)]);
                Refuse(told, partition["Index"], records.Length);
                sight?.TooLarge();
                return true;
            });
            if (told is not null) denied.Add(Denied(topic.Layout, (byte[])topic[ProduceAnswer.KeyOf(topic)]!));
        }

        request.List("TopicData").RemoveAll(topic => ((StructValue)topic!).List("PartitionData").Count == 0);
        return new(request.List("TopicData").Count > 0 ? request : null, answer, denied);
    }

    /// <summary>The answer to a Produce of one batch that was dropped as it came.</summary>
    public StructValue Answer(MessageLayout layout, DroppedBatch dropped)
    {
        var answer = new StructValue(KafkaApi.All[layout.Key].Response(layout.Version).Body);
        Refuse(ProduceAnswer.AddTopic(answer, dropped.Topic), (long)dropped.Partition, dropped.Length);
        return answer;
    }

    /// <summary>One was dropped: for the session's record.</summary>
    public DeniedOperation Denied(MessageLayout layout, DroppedBatch dropped)
    {
        sight?.TooLarge();
        return Denied(layout.Body.Fields.First(f => f.Struct is not null).Struct!, dropped.Topic);
    }

    DeniedOperation Denied(StructLayout ofTopic, byte[] topic)
    {
        if (Counterparts.Key(ofTopic)!.Entity != EntityKind.TopicId) return new(Operation, Encoding.UTF8.GetString(topic));
        var id = new Guid(topic, bigEndian: true);
        return new(Operation, topics.Find(id) is { } name ? Encoding.UTF8.GetString(name) : id.ToString());
    }

    void Refuse(StructValue topic, object? partition, long length) => ProduceAnswer.AddRefused(
        topic, partition, KafkaError.MessageTooLarge, $"the records have {length} bytes, and this gateway takes {most} for a partition at once");
}

/// <summary>The one batch of a Produce that was not held to be judged, being too large.</summary>
/// <param name="Acks">As the client asks; 0: no answer.</param>
/// <param name="Topic">Its name, or its id where the version names topics by that.</param>
/// <param name="Partition">The partition's number.</param>
/// <param name="Length">Bytes of the records.</param>
sealed record DroppedBatch(long Acks, byte[] Topic, int Partition, long Length);
