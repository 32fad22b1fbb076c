using System.Globalization;
using Gateway.Actors.Replay;
using Gateway.Protocols;
using Microsoft.Extensions.Primitives;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>A search of recordings as the query of a URL: the keys of <see cref="SessionQuery"/> say in which, and these what for.</summary>
/// <param name="Text">The pattern as it was written.</param>
/// <param name="IgnoreCase">Letters match whatever their case.</param>
/// <param name="Request">What it means.</param>
public sealed record SearchQuery(string Text, bool IgnoreCase, SearchRequest Request)
{
    const string Pattern = "pattern";

    /// <summary>The search, or the one sentence that says what is wrong with the query and what to do.</summary>
    public static (SearchQuery? Query, string Fault) Read(IEnumerable<KeyValuePair<string, StringValues>> query)
    {
        var given = query.ToLookup(pair => pair.Key is Pattern or "case" or "direction" or "around" or "matches" or "sessions");
        var (filter, fault) = SessionQuery.Read(given[false]);
        if (filter is null) return (null, fault);
        var own = given[true].ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        if (!own.TryGetValue(Pattern, out var text)) return (null, "The query must have pattern, a regular expression; add it.");
        var ignoreCase = own.GetValueOrDefault("case") == "ignore";
        var (pattern, problem) = SearchPattern.Parse(text, ignoreCase);
        if (pattern is null) return (null, problem);
        if (own.TryGetValue("case", out var letters) && letters is not ("ignore" or "exact")) return (null, "The query's case must be exact or ignore.");
        if (own.TryGetValue("direction", out var way) && DirectionOf(way) is null) return (null, "The query's direction must be to-upstream or to-client.");
        if (Number(own, "around", 0, 0, SearchRequest.MostAround) is not { } around)
            return (null, $"The query's around must be between 0 and {SearchRequest.MostAround}.");
        if (Number(own, "matches", 1000, 1, SearchRequest.MostMatches) is not { } matches)
            return (null, $"The query's matches must be between 1 and {SearchRequest.MostMatches}.");
        if (Number(own, "sessions", int.MaxValue, 1, int.MaxValue) is not { } sessions) return (null, "The query's sessions must be a number above 0.");
        var request = new SearchRequest(filter with { Most = sessions }, pattern) { Direction = DirectionOf(way), Around = around, Most = matches };
        return (new SearchQuery(text, ignoreCase, request), "");
    }

    /// <summary>The query, with its question mark.</summary>
    public string Write()
    {
        var sessions = SessionQuery.Write(Request.Sessions with { Most = 1 });
        var own = string.Create(
            CultureInfo.InvariantCulture,
            $"&pattern={Uri.EscapeDataString(Text)}&around={Request.Around}&matches={Request.Most}&sessions={Request.Sessions.Most}");
        return sessions + own + (IgnoreCase ? "&case=ignore" : "") + (Request.Direction is { } way ? $"&direction={way.Word()}" : "");
    }

    static Direction? DirectionOf(string? word) => word switch
    {
        DirectionWords.ToUpstream => Direction.ToUpstream,
        DirectionWords.ToClient => Direction.ToClient,
        _ => null,
    };

    static int? Number(Dictionary<string, string> own, string name, int otherwise, int least, int most)
    {
        if (!own.TryGetValue(name, out var text)) return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;
    }
}
