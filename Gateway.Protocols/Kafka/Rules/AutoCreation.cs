using System.Text;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>
/// Whoever asks for the metadata of a topic that is not there creates it, unless it says no (Metadata v4 and up) or the cluster does. So topics that may
/// be seen and not created are asked for with a no; before version 4, which nobody can say no in, they are denied.
/// </summary>
static class AutoCreation
{
    const string Allowed = "AllowAutoTopicCreation";

    public static void Restrict(StructValue request, StructValue answer, KafkaRules rules, List<DeniedOperation> denied)
    {
        var topics = request.List("Topics");
        if (request.Has(Allowed))
        {
            if (topics.Any(topic => !MayCreate(rules, Name(topic)))) request.With(Allowed, 0L);
            return;
        }

        var counterpart = Counterparts.Of(answer.Layout, EntityKind.Topic)!;
        topics.RemoveAll(topic =>
        {
            if (MayCreate(rules, Name(topic)) || !rules.Allows(KafkaOperation.Describe, Name(topic))) return false;
            denied.Add(new DeniedOperation(KafkaOperation.Create.Word(), Encoding.UTF8.GetString(Name(topic)!)));
            DenialAnswers.Append(answer, counterpart, DenialAnswers.Element(counterpart, (StructValue)topic!, KafkaError.TopicAuthorizationFailed));
            return true;
        });
    }

    static bool MayCreate(KafkaRules rules, byte[]? name) => name is null || rules.Allows(KafkaOperation.Create, name);

    static byte[]? Name(object? topic) => (byte[]?)((StructValue)topic!)["Name"];
}
