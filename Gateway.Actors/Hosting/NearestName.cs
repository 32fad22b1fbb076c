namespace Gateway.Actors.Hosting;

/// <summary>Guesses which name somebody meant.</summary>
public static class NearestName
{
    /// <summary>The candidate with the fewest edits, ignoring case, if it is near enough to be a slip; else null.</summary>
    public static string? Of(string name, IEnumerable<string> candidates)
    {
        var best = candidates.Select(c => (Name: c, Edits: Edits(name.ToLowerInvariant(), c.ToLowerInvariant()))).OrderBy(c => c.Edits).FirstOrDefault();
        return best.Name is not null && best.Edits <= Math.Max(name.Length < 4 ? 1 : 2, name.Length / 3) ? best.Name : null;
    }

    /// <summary>The remedy for an unknown name: the nearest one, or all of them.</summary>
    public static string Remedy(string name, IReadOnlyCollection<string> candidates)
    {
        if (candidates.Count == 0) return "remove it";
        return Of(name, candidates) is { } nearest ? $"did you mean \"{nearest}\"?" : $"use one of {string.Join(", ", candidates)}";
    }

    // Levenshtein distance, one row at a time.
    static int Edits(string a, string b)
    {
        if (a.Length > 100) return int.MaxValue;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
