using System.Text;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>Judges what single fields of a message that is held in memory name.</summary>
/// <param name="rules">The grant's.</param>
/// <param name="api">The message's, by whose name the operation <c>cluster</c> is judged.</param>
/// <param name="topics">Which topics ids stand for.</param>
sealed class EntityJudge(KafkaRules rules, KafkaApi api, TopicIds topics)
{
    /// <summary>Types of keys in FindCoordinator. Kafka's CoordinatorType; a share group's partition, 2, is for brokers to ask for.</summary>
    const long GroupKey = 0;
    const long TransactionKey = 1;

    /// <summary>Whether the API as such is denied.</summary>
    public Denial? OfApi() => api.Needs == KafkaOperation.Cluster ? Cluster() : null;

    /// <summary>Whether a struct is denied by what its own fields name, lists apart.</summary>
    public Denial? Of(StructValue value)
    {
        foreach (var field in value.Layout.Fields)
        {
            if (field.IsArray || field.Needs <= KafkaOperation.Nothing) continue;
            var denial = field.Entity == EntityKind.TopicId ? OfId(value, field) : Of(field, (byte[]?)value[field.Name], value);
            if (denial is not null) return denial;
        }

        return null;
    }

    /// <summary>Whether that name is denied; <paramref name="holder"/> is the struct that it stands in.</summary>
    public Denial? Of(FieldLayout field, byte[]? name, StructValue holder)
    {
        if (name is null) return null;
        return field.Entity switch
        {
            EntityKind.CoordinatorKey => OfKey(name, holder.Has("KeyType") ? holder.Number("KeyType") : GroupKey),
            EntityKind.Resource => OfResource(Resources.Needs(field.Needs, holder.Number(Resources.TypeField)), name),
            EntityKind.TopicPattern => name.Length == 0 || rules.AllowsAll(field.Needs) ? null : Denied(KafkaError.TopicAuthorizationFailed, field.Needs, name),
            EntityKind.Topic => OfName(KafkaError.TopicAuthorizationFailed, field.Needs, name),
            EntityKind.Group => OfName(KafkaError.GroupAuthorizationFailed, field.Needs, name),
            EntityKind.TransactionalId => OfName(KafkaError.TransactionalIdAuthorizationFailed, field.Needs, name),
            _ => throw new InvalidOperationException($"{field.Path} names nothing that rules speak of."),
        };
    }

    /// <summary>
    /// An id is judged by the name of its topic, also where a name stands beside it: brokers go by the id. As brokers do, whoever may not see a topic is told
    /// that there is none of that id.
    /// </summary>
    Denial? OfId(StructValue value, FieldLayout field)
    {
        var id = new Guid((byte[])value[field.Name]!, bigEndian: true);
        var isNamed = value.Layout.Fields.Any(f => f is { Entity: EntityKind.Topic, IsArray: false } && value[f.Name] is not null);
        if (id == Guid.Empty && isNamed) return null;
        if (topics.Find(id) is not { } name) return new(KafkaError.UnknownTopicId, field.Needs, id.ToString());
        if (rules.Allows(field.Needs, name)) return null;
        return Denied(rules.Allows(KafkaOperation.Describe, name) ? KafkaError.TopicAuthorizationFailed : KafkaError.UnknownTopicId, field.Needs, name);
    }

    Denial? OfKey(byte[] key, long type) => type switch
    {
        GroupKey => OfName(KafkaError.GroupAuthorizationFailed, KafkaOperation.DescribeGroup, key),
        TransactionKey => OfName(KafkaError.TransactionalIdAuthorizationFailed, KafkaOperation.Transaction, key),
        _ => Cluster(),
    };

    Denial? OfResource(KafkaOperation needs, byte[] name) => needs switch
    {
        KafkaOperation.Cluster => Cluster(),
        KafkaOperation.DescribeGroup or KafkaOperation.AlterGroup => OfName(KafkaError.GroupAuthorizationFailed, needs, name),
        _ => OfName(KafkaError.TopicAuthorizationFailed, needs, name),
    };

    Denial? Cluster() => rules.Allows(KafkaOperation.Cluster, api.NameBytes.Span)
        ? null
        : new(KafkaError.ClusterAuthorizationFailed, KafkaOperation.Cluster, api.Name);

    Denial? OfName(KafkaError error, KafkaOperation operation, byte[] name) => rules.Allows(operation, name) ? null : Denied(error, operation, name);

    static Denial Denied(KafkaError error, KafkaOperation operation, byte[] name) => new(error, operation, Encoding.UTF8.GetString(name));
}
