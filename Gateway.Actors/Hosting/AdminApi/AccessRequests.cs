using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>
/// The body of a grant: whom, for which connection or labels of connections, how long (<c>1h</c>), why. What is wrong with a body is one sentence with
/// the remedy.
/// </summary>
public sealed record GrantRequest(
    string? Subject, string? Issuer, string? Connection, IReadOnlyDictionary<string, string>? Labels, string? For, string? Reason)
{
    /// <summary>Nobody needs to approve a grant; so none is for long.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    /// <summary>The clocks of nodes differ: a grant is in force so long before it was given.</summary>
    static readonly TimeSpan s_clocks = TimeSpan.FromMinutes(1);

    public (AccessGranted? Grant, string Fault) Read(Act act, string id)
    {
        if (!SubjectNames.IsUsable(Subject)) return (null, "subject must be a usable name.");
        if (Connection is null == (Labels is null or { Count: 0 })) return (null, "Give connection or labels, one of the two.");
        if (Labels?.Any(label => !ConnectionLabels.IsPart(label.Key) || !ConnectionLabels.IsPart(label.Value)) == true)
            return (null, $"labels are no labels; {ConnectionLabels.Remedy}.");
        if (For is null || !Durations.TryParse(For, out var duration) || duration < Shortest || duration > Longest)
            return (null, $"for must be a duration from {Durations.Write(Shortest)} to {Durations.Write(Longest)}, such as 1h.");
        if (AccessReasons.Checked(Reason) is not { } reason) return (null, AccessReasons.Rule);
        return (new AccessGranted
        {
            Act = act,
            GrantId = id,
            Subject = Subject!,
            SubjectIssuer = Issuer,
            Connection = Connection,
            Labels = [.. Labels ?? ConnectionProfile.NoLabels],
            From = act.At - (long)s_clocks.TotalMicroseconds,
            Until = act.At + (long)duration.TotalMicroseconds,
            Reason = reason,
        }, "");
    }
}

/// <summary>The body of a revocation, or of its lifting: <paramref name="Kind"/> is <c>subject</c>, <c>token</c> or <c>certificate</c>.</summary>
public sealed record RevokeRequest(string? Kind, string? Value, string? Issuer, string? Until, string? Reason)
{
    public (Revoked? Revoked, string Fault) Read(Act act)
    {
        if (Named() is not { } named) return (null, Fault());
        long? until = null;
        if (Until is { } text && (until = JournalTime.Parse(text)) is null) return (null, "until must be a time like 2026-01-31T08:00:00Z.");
        return (new Revoked { Act = act, Kind = named.Kind, Value = named.Value, ValueIssuer = Issuer, Until = until, Reason = named.Reason }, "");
    }

    public (RevocationLifted? Lifted, string Fault) ReadLifted(Act act)
    {
        if (Named() is not { } named) return (null, Fault());
        if (Until is not null) return (null, "A revocation is lifted now; leave until out.");
        return (new RevocationLifted { Act = act, Kind = named.Kind, Value = named.Value, ValueIssuer = Issuer, Reason = named.Reason }, "");
    }

    (RevocationKind Kind, string Value, string Reason)? Named()
    {
        if (RevocationKindWords.Parse(Kind ?? "") is not { } kind || AccessReasons.Checked(Reason) is not { } reason) return null;
        // One form for each number, so that lifting finds it.
        var value = kind == RevocationKind.Certificate ? CertificateNumbers.Canonical(Value) : SubjectNames.IsUsable(Value) ? Value : null;
        return value is null ? null : (kind, value, reason);
    }

    string Fault() => RevocationKindWords.Parse(Kind ?? "") switch
    {
        null => "kind must be subject, token or certificate.",
        _ when AccessReasons.Checked(Reason) is null => AccessReasons.Rule,
        RevocationKind.Certificate => "value must be a certificate's serial number or SHA-256 fingerprint, in hex.",
        RevocationKind.Token => "value must be the id of a token (its jti).",
        _ => "value must be a subject's name.",
    };
}

/// <summary>Why: one line for the record.</summary>
public sealed record ReasonRequest(string? Reason);

/// <summary>Reasons of grants and revocations.</summary>
public static class AccessReasons
{
    public static readonly string Rule = $"reason must be one line of 1 to {KillRequest.LongestReason} characters; say why.";

    /// <summary>The reason, or null when it is none that can be recorded.</summary>
    public static string? Checked(string? reason) => new KillRequest(reason).Checked();
}

/// <summary>What clients send about access. A member that is none is refused: it would be ignored, and its sender believe otherwise.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GrantRequest))]
[JsonSerializable(typeof(RevokeRequest))]
[JsonSerializable(typeof(ReasonRequest))]
public sealed partial class AccessRequestJson : JsonSerializerContext;
