using System.Text;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>Judges what single fields of a message that is held in memory name.</summary>
/// <param name="rules">The grant's.</param>
/// <param name="api">The message's, by whose name the operation <c>cluster</c> is judged.</param>
sealed class EntityJudge(KafkaRules rules, KafkaApi api)
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

    // A topic that is named is judged by its name. An id alone is not known to be any topic's.
    static Denial? OfId(StructValue value, FieldLayout id) =>
        value.Layout.Fields.Any(f => f is { Entity: EntityKind.Topic, IsArray: false } && value[f.Name] is not null)
            ? null
            : new Denial(KafkaError.UnknownTopicId, id.Needs, new Guid((byte[])value[id.Name]!, bigEndian: true).ToString());

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
