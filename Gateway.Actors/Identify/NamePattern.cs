namespace Gateway.Actors.Identify;

/// <summary>
/// Patterns of names: a star stands for one or more characters of one part. Pure, and linear in the length of the name but for one factor, the number
/// of stars.
/// </summary>
static class NamePattern
{
    /// <param name="name">The name.</param>
    /// <param name="pattern">What it must look like, from beginning to end.</param>
    /// <param name="separator">What parts are separated by, and a star never stands for; null: one part.</param>
    /// <param name="comparison">How letters are compared.</param>
    public static bool Matches(string name, string pattern, char? separator, StringComparison comparison)
    {
        var pieces = pattern.Split('*');
        if (pieces.Length == 1) return string.Equals(name, pattern, comparison);
        if (!name.StartsWith(pieces[0], comparison)) return false;
        return MatchesRest(name, pieces[0].Length, pieces.AsSpan(1), separator, comparison);
    }

    static bool MatchesRest(string name, int at, ReadOnlySpan<string> pieces, char? separator, StringComparison comparison)
    {
        // The first place where a piece fits is the best one: what a star may stand for only ends at a separator, and pieces hold those.
        while (true)
        {
            var (piece, isLast) = (pieces[0], pieces.Length == 1);
            var next = isLast ? name.Length - piece.Length : Next(name, at + 1, piece, comparison);
            if (next <= at || (isLast && !name.AsSpan(next).Equals(piece, comparison))) return false;
            if (separator is { } end && name.AsSpan(at, next - at).Contains(end)) return false;
            if (isLast) return true;
            at = next + piece.Length;
            pieces = pieces[1..];
        }
    }

    static int Next(string name, int from, string piece, StringComparison comparison) => from >= name.Length ? -1 : name.IndexOf(piece, from, comparison);
}
