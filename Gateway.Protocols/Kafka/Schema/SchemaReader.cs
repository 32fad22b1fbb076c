using System.Globalization;
using Gateway.Protocols.Kafka.Rules;

namespace Gateway.Protocols.Kafka.Schema;

/// <summary>
/// Reads a file of <c>Schemas</c>:
/// <code>
/// # comment
/// api KEY NAME versions RANGE flexible RANGE|never [needs OPERATION]
///
/// request
///   NAME: TYPE [RANGE] [null [RANGE]] [tag NUMBER] [as ENTITY] [needs OPERATION] [= DEFAULT]
///   NAME: [TYPE] ...            an array
///   NAME: struct ...            whose fields follow, two columns further in
///
/// response
///   ...
/// </code>
/// A RANGE is <c>3</c>, <c>3-13</c> or <c>3+</c>, of versions; without one a field is in all versions of its struct. <c>null</c> says in
/// which of its versions a field may be null, <c>needs</c> what rules judge by.
/// </summary>
public static class SchemaReader
{
    const int Indent = 2;

    /// <exception cref="FormatException">The text is no schema; says which line is at fault, and why.</exception>
    public static MessageSchema Read(string text)
    {
        MessageSchema? head = null;
        List<FieldSchema> request = [], response = [];
        // The lists that fields of each depth go to; the innermost is last.
        List<List<FieldSchema>> open = [];
        foreach (var (line, number) in text.Split('\n').Select((line, index) => (line.TrimEnd(), index + 1)))
        {
            try
            {
                if (line.Length == 0 || line[0] == '#') continue;
                if (line == "request") open = [request];
                else if (line == "response") open = [response];
                else if (line[0] != ' ') head = ReadHead(line.Split(' '));
                else AddField(open, line);
            }
            catch (FormatException fault)
            {
                throw new FormatException($"line {number}, '{line}': {fault.Message}");
            }
        }

        return head is null ? throw new FormatException("the schema has no line that begins with 'api'") : head with { Request = request, Response = response };
    }

    static MessageSchema ReadHead(string[] words)
    {
        if (words is not ["api", var key, var name, "versions", var versions, "flexible", var flexible, .. var rest] || rest is not ([] or ["needs", _]))
            throw new FormatException("expected 'api KEY NAME versions RANGE flexible RANGE [needs OPERATION]'");
        return new(short.Parse(key, CultureInfo.InvariantCulture), name, Range(versions), flexible == "never" ? VersionRange.Never : Range(flexible), [], [])
        {
            Needs = rest.Length > 0 ? Operation(rest[1]) : KafkaOperation.Unstated,
        };
    }

    static void AddField(List<List<FieldSchema>> open, string line)
    {
        var words = line.TrimStart();
        var depth = (line.Length - words.Length) / Indent;
        if (depth < 1 || depth > open.Count || (line.Length - words.Length) % Indent != 0) throw new FormatException("the field stands too far in");
        open.RemoveRange(depth, open.Count - depth);
        var field = ReadField(words);
        open[^1].Add(field);
        if (field.Type == FieldType.Struct) open.Add(field.Fields);
    }

    static FieldSchema ReadField(string text)
    {
        var words = new Queue<string>(text.Split(' '));
        var name = words.Dequeue();
        if (!name.EndsWith(':') || !words.TryDequeue(out var type)) throw new FormatException("expected 'NAME: TYPE'");
        var isArray = type.StartsWith('[') && type.EndsWith(']');
        var field = new FieldSchema(name[..^1], Type(isArray ? type[1..^1] : type)) { IsArray = isArray };
        if (NextRange(words) is { } versions) field = field with { Versions = versions };
        while (words.TryDequeue(out var word)) field = Attribute(field, word, words);
        return field;
    }

    static FieldSchema Attribute(FieldSchema field, string word, Queue<string> rest)
    {
        if (word == "null") return field with { Nullable = NextRange(rest) ?? field.Versions };
        if (!rest.TryDequeue(out var value)) throw new FormatException($"nothing follows '{word}'");
        return word switch
        {
            "tag" => field with { Tag = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) },
            "as" => field with { Entity = Entity(value) },
            "needs" => field with { Needs = Operation(value) },
            "=" => field with { Default = value },
            _ => throw new FormatException($"'{word}' means nothing"),
        };
    }

    static VersionRange? NextRange(Queue<string> words)
    {
        var range = words.TryPeek(out var word) ? VersionRange.Read(word) : null;
        if (range is not null) words.Dequeue();
        return range;
    }

    static VersionRange Range(string word) => VersionRange.Read(word) ?? throw new FormatException($"'{word}' is no range of versions");

    static FieldType Type(string word) => FieldTypes.Named(word) ?? throw new FormatException($"'{word}' is unknown");

    static KafkaOperation Operation(string word) => KafkaOperations.Named(word) ?? throw new FormatException($"'{word}' is no operation");

    static EntityKind Entity(string word) =>
        Enum.GetValues<EntityKind>().FirstOrDefault(kind => string.Equals(kind.ToString(), word.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase))
            is not EntityKind.None and var entity
            ? entity
            : throw new FormatException($"'{word}' is unknown");
}
