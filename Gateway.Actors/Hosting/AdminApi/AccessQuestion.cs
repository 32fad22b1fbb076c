using System.Net;
using Gateway.Actors.Authorize;
using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Protocols.Journal;
using Microsoft.Extensions.Primitives;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>
/// Would this subject be let in, there, then, from here? As a URL's query, read by the node and written by its clients; answered purely.
/// </summary>
public sealed record AccessQuestion
{
    const int LongestValue = 512;

    // Hours are looked up in calendars; rules of time zones are made for these.
    static readonly DateTimeOffset s_first = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly DateTimeOffset s_last = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public required string Subject { get; init; }

    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Null: the first issuer the connection accepts.</summary>
    public string? Issuer { get; init; }

    public required string Connection { get; init; }

    public IPAddress? From { get; init; }

    /// <summary>Null: now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The question, or the one sentence that says what is wrong with the query and what to do.</summary>
    public static (AccessQuestion? Question, string Fault) Read(IEnumerable<KeyValuePair<string, StringValues>> query)
    {
        var question = new AccessQuestion { Subject = "", Connection = "" };
        foreach (var (name, values) in query)
        {
            if (name == "group") question = question with { Groups = [.. values.OfType<string>()] };
            else if (values is not [{ Length: > 0 and <= LongestValue } text]) return (null, $"The query's {name} must be given once, with 1 to {LongestValue} characters.");
            else if (question.With(name, text) is { } read) question = read;
            else return (null, Rule(name));
        }

        if (question.Subject.Length == 0 || question.Connection.Length == 0) return (null, "The query must have subject and connection; add them.");
        return question.Groups.Count <= IdentityLimits.Groups && question.Groups.All(SubjectNames.IsUsable)
            ? (question, "")
            : (null, $"The query's groups are not up to {IdentityLimits.Groups} usable names; correct them.");
    }

    /// <summary>The query, with its question mark.</summary>
    public string Write()
    {
        var pairs = new List<(string Name, string? Value)>
        {
            ("subject", Subject), ("issuer", Issuer), ("connection", Connection), ("from", From?.ToString()),
            ("at", At is { } at ? JournalTime.Write(UnixMicros.Of(at)) : null),
        };
        pairs.AddRange(Groups.Select(group => ("group", (string?)group)));
        return "?" + string.Join('&', pairs.Where(pair => pair.Value is not null).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}"));
    }

    /// <summary>The answer, or the one sentence that says why there is none and what to do.</summary>
    public (ExplanationView? View, string Fault) Answer(IEnumerable<ConnectionProfile> connections, AccessFacts facts, DateTimeOffset now)
    {
        if (connections.FirstOrDefault(profile => profile.Name == Connection) is not { } connection)
            return (null, $"There is no connection {Connection}; list them with gateway connections list.");
        var from = From;
        var network = connection.Access.Rules.ToList().FindIndex(rule => rule.Networks.Count > 0);
        if (from is null && network >= 0)
            return (null, $"access.rules[{network}] of connection {Connection} looks at where the client connects from; say it with from.");
        if (from is null && facts.Policies.FirstOrDefault(p => p.Selects(connection) && p.Rules.Any(rule => rule.Networks.Count > 0)) is { } policy)
            return (null, $"policy {policy.Name}, which selects connection {Connection}, looks at where the client connects from; say it with from.");
        var who = new Identity { Name = Subject, Issuer = Issuer ?? (connection.Access.Issuers is [var first, ..] ? first : ""), Groups = Groups };
        var at = At ?? now;
        return (ExplanationView.Of(who, connection, at, AccessPolicy.Decide(new AccessRequest(who, connection, from ?? IPAddress.None), facts, at)), "");
    }

    AccessQuestion? With(string name, string text) => name switch
    {
        "subject" => SubjectNames.IsUsable(text) ? this with { Subject = text } : null,
        "issuer" => this with { Issuer = text },
        "connection" => this with { Connection = text },
        "from" => IPAddress.TryParse(text, out var from) ? this with { From = from } : null,
        "at" => Time(text) is { } at ? this with { At = at } : null,
        _ => null,
    };

    static DateTimeOffset? Time(string text) => JournalTime.Parse(text) is { } micros && micros > UnixMicros.Of(s_first) && micros < UnixMicros.Of(s_last)
        ? UnixMicros.Time(micros)
        : null;

    static string Rule(string name) => name switch
    {
        "subject" => "The query's subject must be a usable name.",
        "from" => "The query's from must be an IP address.",
        "at" => "The query's at must be a time like 2026-01-31T08:00:00Z.",
        _ => "The query has a key that does not exist here; use some of at, connection, from, group, issuer, subject.",
    };
}
