using System.Text;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>Puts the entries that answer what was denied into the broker's answer to the rest.</summary>
static class AnswerMerge
{
    /// <summary>The frame with what was denied put into it; null where a <paramref name="fault"/> says why that cannot be.</summary>
    public static byte[]? Into(MessageLayout layout, ReadOnlySpan<byte> frame, int headLength, ReadOnlySpan<byte> denied, Limits limits, out string fault)
    {
        var reader = new MessageReader();
        var body = reader.Read(layout, frame[headLength..], limits.KafkaStructs);
        var entries = body is null ? null : reader.Read(layout, denied, limits.KafkaStructs);
        fault = reader.Fault;
        if (body is null || entries is null) return null;
        Into(body, entries);
        return KafkaFrame.Again(frame[..headLength], body);
    }

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
