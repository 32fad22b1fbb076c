using System.Text;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>
/// Makes of what was denied in a request what its response says of it, by the layouts alone: the error stands where the version has a place for
/// one, nearest to what was denied.
/// </summary>
static class DenialAnswers
{
    static readonly byte[] s_message = Encoding.UTF8.GetBytes($"refused by the gateway: {Refusal.OperationDenied.Word()}");

    /// <summary>The answer to a request that is denied as a whole.</summary>
    public static StructValue Whole(StructValue request, MessageLayout response, KafkaError error)
    {
        var answer = Unplaced(response.Body);
        if (!TrySetError(answer, error)) FillEach(request, answer, error);
        return answer;
    }

    /// <summary>The entry that answers an element of a request.</summary>
    public static StructValue Element(FieldLayout counterpart, StructValue element, KafkaError error)
    {
        var answer = Unplaced(counterpart.Struct!);
        foreach (var field in counterpart.Struct!.Fields)
        {
            if (!SchemaCheck.IsJudged(field.Entity) && field.Name != Resources.TypeField) continue;
            var same = element.Layout.Fields.FirstOrDefault(f => !f.IsArray && f.Entity == field.Entity && (field.Entity != EntityKind.None || f.Name == field.Name));
            if (same is not null && element[same.Name] is { } value) answer[field.Name] = value;
        }

        if (!TrySetError(answer, error)) FillPartitions(element, answer, error);
        return answer;
    }

    /// <summary>The entry that answers a name in a list of names.</summary>
    public static StructValue Element(FieldLayout counterpart, byte[] name, KafkaError error)
    {
        var answer = Unplaced(counterpart.Struct!);
        answer[Counterparts.Key(counterpart.Struct!)!.Name] = name;
        TrySetError(answer, error);
        return answer;
    }

    /// <summary>An empty entry that is known by the same name as an element of a request.</summary>
    public static StructValue Alike(FieldLayout counterpart, StructValue element)
    {
        var key = Counterparts.Key(counterpart.Struct!)!;
        return new StructValue(counterpart.Struct!).With(key.Name, element[Counterparts.Key(element.Layout)!.Name]);
    }

    static void FillEach(StructValue request, StructValue answer, KafkaError error)
    {
        var before = answer.Layout.Fields.Count(f => f is { IsArray: true, Struct: not null });
        foreach (var field in request.Layout.Fields.Where(f => f.IsArray))
        {
            if (field.Struct is null)
            {
                if (!SchemaCheck.IsJudged(field.Entity) || Counterparts.Of(answer.Layout, field.Entity) is not { } names) continue;
                foreach (var name in request.List(field.Name)) Append(answer, names, Element(names, (byte[])name!, error));
                continue;
            }

            var key = Counterparts.Key(field.Struct);
            var counterpart = key is null ? ByPlace(answer.Layout) : Counterparts.Of(answer.Layout, key.Entity);
            foreach (var element in request.Structs(field.Name))
            {
                if (counterpart is not null) Append(answer, counterpart, key is null ? InPlace(counterpart, element, error) : Element(counterpart, element, error));
                else if (key is null && before > 0) FillEach(element, answer, error);
            }
        }
    }

    // Lists whose elements name nothing, of access control entries say, are answered one by one in the same order.
    static FieldLayout? ByPlace(StructLayout answer) =>
        answer.Fields.FirstOrDefault(f => f is { IsArray: true, Struct: { } element } && Counterparts.Key(element) is null && Counterparts.Error(element) is not null);

    static StructValue InPlace(FieldLayout counterpart, StructValue element, KafkaError error)
    {
        var answer = Unplaced(counterpart.Struct!);
        foreach (var field in counterpart.Struct!.Fields.Where(f => element.Has(f.Name))) answer[field.Name] = element[field.Name];
        TrySetError(answer, error);
        return answer;
    }

    static void FillPartitions(StructValue element, StructValue answer, KafkaError error)
    {
        var list = answer.Layout.Fields.FirstOrDefault(f => f is { IsArray: true, Struct: { } s } && Counterparts.Error(s) is not null && Partition(s) is not null);
        if (list is null) return;
        foreach (var partition in Partitions(element))
        {
            var entry = Unplaced(list.Struct!);
            entry[Partition(list.Struct!)!.Name] = partition;
            TrySetError(entry, error);
            Append(answer, list, entry);
        }
    }

    /// <summary>The partitions that an element names, whether in a list of numbers or of structs.</summary>
    static IEnumerable<object?> Partitions(StructValue element)
    {
        foreach (var field in element.Layout.Fields.Where(f => f.IsArray))
        {
            if (field.Entity == EntityKind.Partition) return element.List(field.Name);
            if (field.Struct is { } inner && Partition(inner) is { } number) return element.Structs(field.Name).Select(p => p[number.Name]);
        }

        return [];
    }

    static FieldLayout? Partition(StructLayout layout) => layout.Fields.FirstOrDefault(f => f is { IsArray: false, Entity: EntityKind.Partition });

    static bool TrySetError(StructValue answer, KafkaError error)
    {
        if (Counterparts.Error(answer.Layout) is not { } field) return false;
        answer.With(field.Name, (long)error).WithAny("ErrorMessage", s_message);
        return true;
    }

    public static void Append(StructValue answer, FieldLayout list, StructValue entry)
    {
        if (answer[list.Name] is List<object?> entries) entries.Add(entry);
        else answer[list.Name] = new List<object?> { entry };
    }

    /// <summary>All defaults, and no broker: its number would otherwise be 0, which may be one's.</summary>
    static StructValue Unplaced(StructLayout layout)
    {
        var value = new StructValue(layout);
        foreach (var field in layout.Fields.Where(f => f is { IsArray: false, Entity: EntityKind.Node })) value.With(field.Name, -1L);
        return value;
    }
}
