using System.Globalization;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols;
using Microsoft.Extensions.Primitives;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>A <see cref="SessionFilter"/> as the query of a URL: read by the node, written by its clients.</summary>
public static class SessionQuery
{
    /// <summary>Rows of one answer.</summary>
    public const int Most = SessionPages.Page;

    /// <summary>Characters of one value; a session id, a subject and a connection name are shorter.</summary>
    const int LongestValue = 512;

    /// <summary>What is wrong with a word that is no operation.</summary>
    public static readonly string OperationRule = $"must be one of {string.Join(", ", ProtocolCatalog.Operations)}";

    const string TimeRule = "must be a time like 2026-01-31T08:00:00Z";

    static readonly SortedDictionary<string, Key> s_keys = new(StringComparer.Ordinal)
    {
        ["after"] = Of(TimeRule, f => Time(f.After), JournalTime.Parse, (f, after) => f with { After = after }),
        ["before"] = Of(TimeRule, f => Time(f.Before), JournalTime.Parse, (f, before) => f with { Before = before }),
        ["bytes"] = Of("must be a number of bytes", f => Number(f.LeastBytes), Bytes, (f, bytes) => f with { LeastBytes = bytes }),
        ["client"] = Of(ClientNetwork.Rule, f => f.Client?.ToString(), ClientNetwork.Parse, (f, client) => f with { Client = client }),
        ["connection"] = Of("must be a connection's name", f => f.Connection, (f, name) => f with { Connection = name }),
        ["ja4"] = Of(Ja4Fingerprint.Rule, f => f.Ja4?.ToString(), Ja4Fingerprint.Parse, (f, ja4) => f with { Ja4 = ja4 }),
        ["most"] = Of($"must be between 1 and {Most}", f => Number(f.Most), Number, (f, most) => f with { Most = most }),
        ["node"] = Of("must be a node's key", f => f.NodeKey, (f, key) => f with { NodeKey = key }),
        ["open"] = Of("must be true or false", f => Bool(f.Open), Bool, (f, open) => f with { Open = open }),
        ["operation"] = new(
            OperationRule, f => f.Did?.Operation,
            (f, word) => ProtocolCatalog.Operations.Contains(word) ? f with { Did = Did(f) with { Operation = word } } : null),
        ["perhaps"] = Of(
            "must be true or false", f => f.Did is { Perhaps: true } ? "true" : null, Bool, (f, perhaps) => f with { Did = Did(f) with { Perhaps = perhaps } }),
        ["protocol"] = Of("must be a protocol such as mqtt", f => f.Protocol, (f, name) => f with { Protocol = name }),
        ["refusal"] = Of("must be a refusal such as token-expired", f => f.Refusal?.Word(), RefusalOf, (f, r) => f with { Refusal = r }),
        ["subject"] = Of("must be a subject's name", f => f.Subject, (f, name) => f with { Subject = name }),
        ["topic"] = Of($"must be a topic's name of at most {LongestValue} characters", f => f.Did?.Topic, (f, name) => f with { Did = Did(f) with { Topic = name } }),
    };

    /// <summary>The filter, or the one sentence that says what is wrong with the query and what to do.</summary>
    public static (SessionFilter? Filter, string Fault) Read(IEnumerable<KeyValuePair<string, StringValues>> query)
    {
        var filter = new SessionFilter();
        foreach (var (name, values) in query)
        {
            if (!s_keys.TryGetValue(name, out var key))
                return (null, $"The query has a key that does not exist here; use some of {string.Join(", ", s_keys.Keys)}.");
            if (values.Count != 1) return (null, $"The query has {name} {values.Count} times; give it once.");
            if (values[0] is not { Length: > 0 and <= LongestValue } text || key.Read(filter, text) is not { } read)
                return (null, $"The query's {name} {key.Rule}.");
            filter = read;
        }

        if (filter.Did is { Operation: null, Topic: null }) return (null, "The query has perhaps without operation or topic; say what the sessions may have done.");
        return filter is { After: { } after, Before: { } before } && after >= before
            ? (null, "The query's after is not earlier than its before; swap them.")
            : (filter, "");
    }

    /// <summary>The query of a filter, with its question mark.</summary>
    public static string Write(SessionFilter filter)
    {
        var set = s_keys.Select(key => (Name: key.Key, Text: key.Value.Write(filter))).Where(pair => pair.Text is not null);
        return "?" + string.Join('&', set.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Text!)}"));
    }

    static OperationQuestion Did(SessionFilter filter) => filter.Did ?? new OperationQuestion(null, null);

    static string? Time(long? micros) => micros is { } at ? JournalTime.Write(at) : null;

    static string? Bool(bool? open) => open is null ? null : open.Value ? "true" : "false";

    static bool? Bool(string text) => text switch { "true" => true, "false" => false, _ => null };

    static string? Number(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    static long? Bytes(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    static int? Number(string text)
    {
        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return isNumber && number is > 0 and <= Most ? number : null;
    }

    static Refusal? RefusalOf(string word) => RefusalFacts.Parse(word) is { } refusal and not Refusal.None ? refusal : null;

    static Key Of(string rule, Func<SessionFilter, string?> write, Func<SessionFilter, string, SessionFilter> with) =>
        new(rule, write, with);

    static Key Of<T>(string rule, Func<SessionFilter, string?> write, Func<string, T?> parse, Func<SessionFilter, T, SessionFilter> with)
        where T : struct => new(rule, write, (filter, text) => parse(text) is { } value ? with(filter, value) : null);

    /// <summary>What the values of a key must be, how a filter's is written, and the filter with one read (null: it is none).</summary>
    sealed record Key(string Rule, Func<SessionFilter, string?> Write, Func<SessionFilter, string, SessionFilter?> Read);
}
