using System.Globalization;
using Gateway.Actors.Registry;
using Microsoft.Extensions.Primitives;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>An <see cref="AuditFilter"/> as the query of a URL: read by the node, written by its clients.</summary>
public static class AuditQuery
{
    /// <summary>Acts of one answer.</summary>
    public const int Most = 1000;

    const int LongestValue = 1024;

    /// <summary>The filter, or the one sentence that says what is wrong with the query and what to do.</summary>
    public static (AuditFilter? Filter, string Fault) Read(IEnumerable<KeyValuePair<string, StringValues>> query)
    {
        var filter = new AuditFilter();
        foreach (var (name, values) in query)
        {
            if (values is not [{ Length: > 0 and <= LongestValue } text]) return (null, $"The query's {Known(name)} must be given once, with a value.");
            var read = name switch
            {
                "subject" => filter with { Who = text },
                "since" => JournalTime.Parse(text) is { } since ? filter with { Since = since } : null,
                "until" => JournalTime.Parse(text) is { } until ? filter with { Until = until } : null,
                "most" => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most is > 0 and <= Most
                    ? filter with { Most = most }
                    : null,
                _ => null,
            };
            if (read is null)
                return (null, $"The query takes subject, since and until (times like 2026-01-31T08:00:00Z) and most (1 to {Most}); correct {Known(name)}.");
            filter = read;
        }

        return (filter, "");
    }

    /// <summary>The query of a filter, with its question mark.</summary>
    public static string Write(AuditFilter filter)
    {
        var pairs = new List<string> { string.Create(CultureInfo.InvariantCulture, $"most={filter.Most}") };
        if (filter.Who is { } who) pairs.Add($"subject={Uri.EscapeDataString(who)}");
        if (filter.Since is { } since) pairs.Add($"since={Uri.EscapeDataString(JournalTime.Write(since))}");
        if (filter.Until is { } until) pairs.Add($"until={Uri.EscapeDataString(JournalTime.Write(until))}");
        return "?" + string.Join('&', pairs);
    }

    static string Known(string name) => name is "subject" or "since" or "until" or "most" ? name : "the rest";
}
