using System.Globalization;
using Gateway.Actors.Hosting;

namespace Gateway.Actors.Connections;

/// <summary>
/// The fields of one mapping, read strictly: a key that is unknown or given twice, a missing or mistyped value is a fault. Every reader returns
/// something usable after a fault, so that reading goes on to the next one.
/// </summary>
sealed class YamlFields
{
    readonly YamlMap _map;
    readonly string _path;
    readonly YamlFaults _faults;
    readonly Dictionary<string, YamlValue> _values = new(StringComparer.Ordinal);

    public YamlFields(YamlMap map, string path, IReadOnlyCollection<string> known, YamlFaults faults)
    {
        (_map, _path, _faults) = (map, path, faults);
        foreach (var (key, value) in map.Entries)
        {
            if (!known.Contains(key.Text))
                faults.Add(key.Line, key.Column, At(key.Text), null, "there is no such field", NearestName.Remedy(key.Text, known));
            else if (!_values.TryAdd(key.Text, value))
                faults.Add(key.Line, key.Column, At(key.Text), null, "is given twice", "remove one of them");
        }
    }

    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>Reports a fault at a field's value, or at the mapping where the field is missing.</summary>
    public void Fault(string key, string problem, string remedy) => _faults.Add(_values.GetValueOrDefault(key) ?? _map, At(key), problem, remedy);

    public void Require(bool holds, string key, string problem, string remedy)
    {
        if (!holds) Fault(key, problem, remedy);
    }

    /// <summary>The fields of a nested mapping; those of an empty one when it is not there or is something else.</summary>
    public YamlFields Map(string key, IReadOnlyCollection<string> known)
    {
        if (_values.GetValueOrDefault(key) is YamlMap map) return new(map, At(key), known, _faults);
        if (Has(key)) Fault(key, "must be a mapping", $"give it fields: {string.Join(", ", known)}");
        return new(new YamlMap(_map.Line, _map.Column, []), At(key), known, _faults);
    }

    public YamlFields RequiredMap(string key, IReadOnlyCollection<string> known)
    {
        if (!Has(key)) Missing(key);
        return Map(key, known);
    }

    /// <summary>The text of a field; null when it is not there.</summary>
    public string? Text(string key)
    {
        if (!_values.TryGetValue(key, out var value)) return null;
        if (value is YamlScalar { IsNull: false, Text.Length: > 0 } scalar) return scalar.Text;
        Fault(key, value is YamlScalar ? "has no value" : "must be a single value", "give it a value or remove the field");
        return null;
    }

    public string RequiredText(string key)
    {
        if (!Has(key)) Missing(key);
        return Text(key) ?? "";
    }

    public int Number(string key, int least, int most, int? otherwise)
    {
        if (!Has(key) && otherwise is null) Missing(key);
        if (!_values.TryGetValue(key, out var value)) return otherwise ?? least;
        if (value is YamlScalar { Plain: true } scalar && long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            if (number >= least && number <= most) return (int)number;
            Fault(key, $"must be between {least} and {most}", "correct the value");
        }
        else
        {
            Fault(key, "must be a whole number", "write digits only, without quotes");
        }

        return otherwise ?? least;
    }

    public TimeSpan Duration(string key, TimeSpan least, TimeSpan most, TimeSpan otherwise)
    {
        if (Text(key) is not { } text) return otherwise;
        if (!Durations.TryParse(text, out var duration))
            Fault(key, "is not a duration", Durations.Examples);
        else if (duration < least || duration > most)
            Fault(key, $"must be between {Durations.Write(least)} and {Durations.Write(most)}", "correct the value");
        else
            return duration;
        return otherwise;
    }

    /// <summary>One of some words; the first one when there is none or it is wrong.</summary>
    public string Choice(string key, IReadOnlyList<string> words)
    {
        if (Text(key) is not { } text) return words[0];
        if (words.Contains(text)) return text;
        Fault(key, "is not a known value", NearestName.Remedy(text, words));
        return words[0];
    }

    public IReadOnlyList<string> Texts(string key)
    {
        var texts = new List<string>();
        // A list of networks may have thousands.
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (item, at) in Items(key))
        {
            if (item is not YamlScalar { IsNull: false, Text.Length: > 0 } scalar)
                _faults.Add(item, at, "must be text", "give one value per entry");
            else if (!known.Add(scalar.Text))
                _faults.Add(item, at, "is given twice", "remove one of them");
            else
                texts.Add(scalar.Text);
        }

        return texts;
    }

    /// <summary>A mapping of any keys to single values.</summary>
    public IReadOnlyDictionary<string, string> TextMap(string key, int most)
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (!_values.TryGetValue(key, out var value)) return texts;
        if (value is not YamlMap map)
        {
            Fault(key, "must be a mapping", "write it like { key: value }");
            return texts;
        }

        if (map.Entries.Count > most) Fault(key, $"has more than {most} entries", "remove some");
        foreach (var (name, item) in map.Entries)
        {
            if (item is not YamlScalar { IsNull: false, Text.Length: > 0 } scalar)
                _faults.Add(item, At($"{key}.{name.Text}"), "must be text", "give it one value");
            else if (!texts.TryAdd(name.Text, scalar.Text))
                _faults.Add(name.Line, name.Column, At($"{key}.{name.Text}"), null, "is given twice", "remove one of them");
        }

        return texts;
    }

    public IEnumerable<YamlFields> Maps(string key, IReadOnlyCollection<string> known)
    {
        foreach (var (item, at) in Items(key))
        {
            if (item is YamlMap map)
                yield return new(map, at, known, _faults);
            else
                _faults.Add(item, at, "must be a mapping", $"give it fields: {string.Join(", ", known)}");
        }
    }

    IEnumerable<(YamlValue Item, string At)> Items(string key)
    {
        if (!_values.TryGetValue(key, out var value)) return [];
        if (value is YamlSequence list) return list.Items.Select((item, i) => (item, $"{At(key)}[{i}]"));
        Fault(key, "must be a list", $"write it like [a, b]; [] is the empty list");
        return [];
    }

    void Missing(string key) => Fault(key, "is required", "add the field");

    string At(string key) => _path.Length == 0 ? key : $"{_path}.{key}";
}
