using YamlDotNet.Core;

namespace Gateway.Actors.Connections;

/// <summary>The public files that a connection's document may name: certificates. Secrets are never among them.</summary>
public static class NamedFiles
{
    static readonly string[][] s_places =
    [
        ["spec", "tls", "clientAuthorities"], ["spec", "upstream", "tls", "authorities"], ["spec", "upstream", "tls", "clientCertificate"],
        ["spec", "upstream", "login", "oauth", "authorities"], ["spec", "masking", "schemaRegistry", "authorities"],
    ];

    /// <summary>The names of public files in a text of documents; none when it cannot be read, which its reader will tell better.</summary>
    public static IReadOnlyList<string> In(string text)
    {
        try
        {
            using var reader = new StringReader(text);
            return
            [
                .. YamlTree.Documents(reader).OfType<YamlMap>().SelectMany(document => s_places.Select(place => Find(document, place)))
                    .OfType<YamlScalar>().Select(scalar => scalar.Text).Where(name => name.Length > 0 && !ConnectionFiles.IsPem(name)).Distinct(),
            ];
        }
        catch (YamlException)
        {
            return [];
        }
    }

    /// <summary>The document with the texts of such files, where they are known, instead of their names.</summary>
    internal static YamlMap Inlined(YamlMap document, ConnectionFiles files) =>
        s_places.Aggregate(document, (so, place) => (YamlMap)Inlined(so, place, files));

    static YamlValue Inlined(YamlValue value, ReadOnlySpan<string> place, ConnectionFiles files)
    {
        if (place.Length == 0) return value is YamlScalar scalar && files.PemOf(scalar.Text) is { } pem ? scalar with { Text = Lines(pem), Plain = false } : value;
        if (value is not YamlMap map) return value;
        var entries = new List<(YamlScalar, YamlValue)>();
        foreach (var (key, inner) in map.Entries) entries.Add((key, key.Text == place[0] ? Inlined(inner, place[1..], files) : inner));
        return map with { Entries = entries };
    }

    static YamlValue? Find(YamlValue? value, ReadOnlySpan<string> place)
    {
        foreach (var name in place) value = (value as YamlMap)?.Entries.FirstOrDefault(e => e.Key.Text == name).Value;
        return value;
    }

    // However an editor ended its lines, and whatever blanks it left at their ends.
    static string Lines(string pem) => string.Concat(pem.Trim().Split('\n').Select(line => $"{line.TrimEnd()}\n"));
}
