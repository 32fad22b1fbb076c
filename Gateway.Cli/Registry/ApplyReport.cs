using System.Globalization;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli.Registry;

/// <summary>What an apply did, for people: each connection with the lines that changed. Pure.</summary>
static class ApplyReport
{
    /// <summary>Unchanged lines around a change, as diff -u 2.</summary>
    const int Context = 2;

    static readonly string[] s_words = ["added", "updated", "removed", "unchanged"];

    public static IEnumerable<string> Lines(ApplyView applied)
    {
        foreach (var change in applied.Changes)
        {
            yield return $"{(change.Kind is { } kind ? $"{kind} " : "")}{change.Name}: {change.Change}";
            if (change is { Change: "updated", Before: { } before, After: { } after })
            {
                foreach (var line in Diff(before, after)) yield return line;
            }
        }

        yield return Summary(applied);
    }

    static string Summary(ApplyView applied)
    {
        var counts = s_words.Select(word => (Word: word, Count: applied.Changes.Count(c => c.Change == word))).Where(c => c.Count > 0)
            .Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Count} {c.Word}"));
        var what = applied.Changes.Count == 0 ? "nothing to do" : string.Join(", ", counts);
        if (applied.DryRun) return $"{what}; this was a dry run, nothing has changed";
        var ended = applied.Terminated > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {applied.Terminated} sessions ended") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{what}; the registry is at revision {applied.Revision}{ended}");
    }

    static IEnumerable<string> Diff(string before, string after)
    {
        var lines = InlineDiffBuilder.Diff(before, after).Lines;
        for (var i = 0; i < lines.Count; i++)
        {
            var isNear = Enumerable.Range(i - Context, 2 * Context + 1).Any(n => n >= 0 && n < lines.Count && lines[n].Type != ChangeType.Unchanged);
            if (isNear) yield return $"  {Mark(lines[i].Type)} {Printable.Text(lines[i].Text)}".TrimEnd();
        }
    }

    static char Mark(ChangeType type) => type switch
    {
        ChangeType.Inserted => '+',
        ChangeType.Deleted => '-',
        _ => ' ',
    };
}
