using System.Text;
using Gateway.Protocols.Kafka.Messages;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>Puts the entries that answer what was denied into the broker's answer to the rest.</summary>
static class AnswerMerge
{
    public static void Into(StructValue response, StructValue denied)
    {
        foreach (var field in denied.Layout.Fields.Where(f => f is { IsArray: true, Struct: not null }))
        {
            if (denied.List(field.Name) is not { Count: > 0 } entries) continue;
            var key = Counterparts.Key(field.Struct!);
            var known = key is null ? [] : ByName(response.Structs(field.Name), key.Name);
            foreach (var entry in entries.Cast<StructValue>())
            {
                // Only what was denied in part has an entry already: a group of which the broker tells other topics.
                if (key is not null && known.TryGetValue(Name(entry, key.Name), out var same)) Into(same, entry);
                else DenialAnswers.Append(response, field, entry);
            }
        }
    }

    static Dictionary<string, StructValue> ByName(IEnumerable<StructValue> entries, string key)
    {
        var known = new Dictionary<string, StructValue>(StringComparer.Ordinal);
        foreach (var entry in entries) known[Name(entry, key)] = entry;
        return known;
    }

    static string Name(StructValue entry, string key) => entry[key] is byte[] name ? Encoding.Latin1.GetString(name) : "";
}
