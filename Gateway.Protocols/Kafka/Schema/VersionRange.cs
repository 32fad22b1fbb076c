using System.Globalization;

namespace Gateway.Protocols.Kafka.Schema;

/// <summary>The versions of an API from one to another, both included.</summary>
public readonly record struct VersionRange(short First, short Last)
{
    public static readonly VersionRange Never = new(short.MaxValue, short.MinValue);

    public bool Contains(short version) => version >= First && version <= Last;

    /// <summary>Reads <c>3</c>, <c>3-13</c> or <c>3+</c>; null when it is none of these.</summary>
    public static VersionRange? Read(string word)
    {
        if (word.EndsWith('+')) return TryNumber(word[..^1], out var from) ? new(from, short.MaxValue) : null;
        if (word.Split('-') is [var first, var last]) return TryNumber(first, out var a) && TryNumber(last, out var b) && a <= b ? new(a, b) : null;
        return TryNumber(word, out var only) ? new(only, only) : null;
    }

    public override string ToString() => First == Last ? $"{First}" : $"{First} to {Last}";

    static bool TryNumber(string word, out short number) => short.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
