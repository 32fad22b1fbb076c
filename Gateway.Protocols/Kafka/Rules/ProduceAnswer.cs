using System.Text;
using Gateway.Protocols.Kafka.Messages;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>How the gateway answers a Produce, or a part of it, of which nothing was appended.</summary>
static class ProduceAnswer
{
    /// <summary>Adds a topic of the request, by its name or its id, as the version has it.</summary>
    public static StructValue AddTopic(StructValue answer, object? key)
    {
        var topic = answer.Add("Responses");
        return topic.With(KeyOf(topic), key);
    }

    /// <summary>Adds one of its partitions.</summary>
    public static void AddRefused(StructValue topic, object? partition, KafkaError error, string why) => topic.Add("PartitionResponses")
        .With("Index", partition).With("ErrorCode", (long)error).With("BaseOffset", -1).WithAny("ErrorMessage", Encoding.UTF8.GetBytes(why));

    /// <summary>The field that a topic goes by.</summary>
    public static string KeyOf(StructValue topic) => Counterparts.Key(topic.Layout)!.Name;
}
