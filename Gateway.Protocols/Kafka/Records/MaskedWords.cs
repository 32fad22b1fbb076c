using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Rules;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Records;

/// <summary>How a client is told that what it produces cannot be masked.</summary>
static class MaskedWords
{
    public const string Produce = "produce";
    public const string Consume = "consume";

    /// <summary>The response to a Produce of which nothing was appended; null where the request has more partitions than may be held.</summary>
    public static StructValue? Answer(MessageLayout request, MessageLayout response, ReadOnlySpan<byte> body, string fault, Limits limits)
    {
        if (new MessageReader().Read(request, body, limits.KafkaStructs) is not { } produced) return null;
        var answer = new StructValue(response.Body);
        foreach (var topic in produced.Structs("TopicData"))
        {
            var told = ProduceAnswer.AddTopic(answer, topic[ProduceAnswer.KeyOf(topic)]);
            foreach (var partition in topic.Structs("PartitionData")) ProduceAnswer.AddRefused(told, partition["Index"], KafkaError.InvalidRecord, fault);
        }

        return answer;
    }
}
