using System.Security.Cryptography;
using System.Text;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Rules;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;

namespace Gateway.Specs.Kafka;

/// <summary>Messages of any layout with a name wherever one can stand, as somebody chooses.</summary>
/// <param name="ofField">What a field on its own names.</param>
/// <param name="ofElements">What the elements of a list name, one after the other.</param>
sealed class NamedMessages(string ofField, params string[] ofElements)
{
    static readonly string[] s_topics = ["open", "secret", "secrets", "other"];

    /// <summary>The topics of all these messages, as a broker would have told of them.</summary>
    public static TopicIds Topics()
    {
        var topics = new TopicIds();
        foreach (var name in s_topics) topics.Learn(IdOf(name), Encoding.UTF8.GetBytes(name));
        return topics;
    }

    public static Guid IdOf(string topic) => new(SHA256.HashData(Encoding.UTF8.GetBytes(topic)).AsSpan(0, 16), bigEndian: true);

    /// <summary>The message; numbers are zero, but ids and types such that names are of topics.</summary>
    public StructValue Of(StructLayout layout) => Of(layout, ofField);

    /// <summary>Every name in a message that rules judge.</summary>
    public static IEnumerable<string> NamesIn(StructValue value) => value.Layout.Fields.SelectMany(field => (value[field.Name], field) switch
    {
        (StructValue inner, _) => NamesIn(inner),
        (List<object?> list, { Struct: not null }) => list.SelectMany(inner => NamesIn((StructValue)inner!)),
        (List<object?> list, { Needs: > KafkaOperation.Nothing, Type: FieldType.Text }) => list.Select(name => Encoding.UTF8.GetString((byte[])name!)),
        (byte[] id, { Needs: > KafkaOperation.Nothing, Entity: EntityKind.TopicId }) => s_topics.Where(name => IsIdOf(id, name)),
        (byte[] name, { Needs: > KafkaOperation.Nothing, Type: FieldType.Text }) => [Encoding.UTF8.GetString(name)],
        _ => [],
    });

    /// <summary>Every struct of a message that names that, with the errors in it.</summary>
    public static IEnumerable<long[]> ErrorsBeside(StructValue value, string name)
    {
        var isNamed = value.Layout.Fields.Any(f => f.Type == FieldType.Text && f.Entity != EntityKind.None && value[f.Name] is byte[] text && Encoding.UTF8.GetString(text) == name)
            || value.Layout.Fields.Any(f => f.Entity == EntityKind.TopicId && IsIdOf((byte[])value[f.Name]!, name));
        var inner = value.Layout.Fields.Where(f => f.Struct is not null && f.IsArray).SelectMany(f => value.Structs(f.Name)).ToArray();
        return isNamed ? [[.. Errors(value)]] : inner.SelectMany(i => ErrorsBeside(i, name));
    }

    public static IEnumerable<long> Errors(StructValue value) => value.Layout.Fields.SelectMany(field => (value[field.Name], field) switch
    {
        (long number, { Entity: EntityKind.Error }) => [number],
        (List<object?> list, { Struct: not null }) => list.SelectMany(inner => Errors((StructValue)inner!)),
        _ => [],
    });

    StructValue Of(StructLayout layout, string name)
    {
        var value = new StructValue(layout);
        foreach (var field in layout.Fields)
        {
            if (field.IsArray && field.Type is FieldType.Text or FieldType.Struct && field.IsArray) value[field.Name] = List(field, name);
            else if (field.Type == FieldType.Struct) value[field.Name] = Of(field.Struct!, name);
            else if (field.Type == FieldType.Text && SchemaNames(field)) value.With(field.Name, name);
            else if (field.Entity == EntityKind.TopicId && !layout.PairsTopics) value.With(field.Name, (object)IdOf(name).ToByteArray(bigEndian: true));
            else if (field.Name == "ResourceType") value.With(field.Name, 2);
            else if (field.IsArray && field.Entity == EntityKind.Partition) value[field.Name] = new List<object?> { 7L };
            else if (field.Entity == EntityKind.Partition) value.With(field.Name, 7);
        }

        return value;
    }

    List<object?> List(FieldLayout field, string name)
    {
        if (field.Type == FieldType.Text) return SchemaNames(field) ? [.. ofElements.Select(e => (object?)Encoding.UTF8.GetBytes(e))] : [];
        var isNamed = field.Struct!.Fields.Any(f => !f.IsArray && (f.Type == FieldType.Text && SchemaNames(f) || f.Entity == EntityKind.TopicId));
        return isNamed ? [.. ofElements.Select(e => Of(field.Struct, e))] : [Of(field.Struct, name)];
    }

    static bool IsIdOf(byte[] id, string topic) => new Guid(id, bigEndian: true) == IdOf(topic);

    static bool SchemaNames(FieldLayout field) => field.Entity is EntityKind.Topic or EntityKind.Group or EntityKind.TransactionalId
        or EntityKind.CoordinatorKey or EntityKind.Resource or EntityKind.TopicPattern;
}
