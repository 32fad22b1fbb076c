using System.Text;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>
/// A pattern of names: literal, or with <c>*</c> for any characters, none included: <c>orders</c>, <c>orders-*</c>, <c>*.eu.*</c>. Compared byte
/// by byte, upper and lower case apart, as brokers compare. Names of topics hold no <c>*</c>.
/// </summary>
sealed class NamePattern
{
    /// <summary>The longest pattern, in UTF-16 units. Origin: a topic's name has at most 249 characters.</summary>
    const int Longest = 255;

    readonly byte[][] _parts;

    public NamePattern(string pattern) => _parts = [.. pattern.Split('*').Select(Encoding.UTF8.GetBytes)];

    /// <summary>Whether it can be the resource of a rule.</summary>
    public static bool IsValid(string pattern) => pattern.Length is > 0 and <= Longest && !pattern.Any(char.IsControl);

    /// <summary>As <see cref="Matches(ReadOnlySpan{byte})"/>, without keeping anything of the pattern.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        var star = pattern.IndexOf('*');
        if (star < 0) return name.SequenceEqual(pattern);
        if (!name.StartsWith(pattern[..star])) return false;
        name = name[star..];
        for (pattern = pattern[(star + 1)..]; (star = pattern.IndexOf('*')) >= 0; pattern = pattern[(star + 1)..])
        {
            var at = name.IndexOf(pattern[..star]);
            if (at < 0) return false;
            name = name[(at + star)..];
        }

        return name.EndsWith(pattern);
    }

    public bool MatchesAll => _parts.Length > 1 && _parts.All(part => part.Length == 0);

    /// <summary>Takes time in proportion to the name, however many stars there are: each part is looked for behind the one before.</summary>
    public bool Matches(ReadOnlySpan<byte> name)
    {
        if (_parts.Length == 1) return name.SequenceEqual(_parts[0]);
        if (!name.StartsWith(_parts[0])) return false;
        name = name[_parts[0].Length..];
        for (var i = 1; i < _parts.Length - 1; i++)
        {
            var at = name.IndexOf(_parts[i]);
            if (at < 0) return false;
            name = name[(at + _parts[i].Length)..];
        }

        return name.EndsWith(_parts[^1]);
    }
}
