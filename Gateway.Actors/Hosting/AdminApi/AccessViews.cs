using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Actors.Authorize;
using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Actors.Registry;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>Whether a subject would be let in, and what decides it.</summary>
public sealed record ExplanationView(
    string Subject, string Issuer, IReadOnlyList<string> Groups, string Connection, string At, bool Allowed, string? Refusal, string Rule,
    string Detail, string? Until, string? EndsWith, IReadOnlyList<RuleView> Rules)
{
    public static ExplanationView Of(Identity who, ConnectionProfile connection, DateTimeOffset at, AccessDecision decision) => new(
        who.Name, who.Issuer, who.Groups, connection.Name, Time(at), decision.IsAllowed, decision.IsAllowed ? null : decision.Refusal.Word(),
        decision.Rule, decision.Detail, decision.Until is { } until ? Time(until) : null, decision.Until is null ? null : decision.EndsWith.Word(),
        [.. decision.Considered.Select(RuleView.Of)]);

    static string Time(DateTimeOffset time) => JournalTime.Write(UnixMicros.Of(time));
}

/// <summary>One rule or grant that was looked at. <paramref name="Effect"/> is <c>allow</c> or <c>deny</c>.</summary>
public sealed record RuleView(string Rule, string Effect, bool Applies, string Why)
{
    public static RuleView Of(RuleTrace trace) => new(trace.Rule, trace.Effect == AccessEffect.Deny ? "deny" : "allow", trace.Applies, trace.Why);
}

/// <summary>An access policy of the cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Labels">What a connection must have for it to count there; empty: nothing.</param>
/// <param name="Rules">How many rules it has.</param>
/// <param name="Revision">The registry's revision that put it there.</param>
/// <param name="By">Who did.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Document">Its YAML.</param>
/// <param name="Problem">Why this node cannot read it, and lets nobody in; null: it can.</param>
public sealed record PolicyView(
    string Name, IReadOnlyDictionary<string, string> Labels, int Rules, long Revision, string By, string At, string Document, string? Problem)
{
    public static PolicyView Of(RegisteredPolicy registered)
    {
        var policy = RegisteredPolicies.Read(registered);
        return new(
            registered.Name, policy.Labels, policy.Problem is null ? policy.Rules.Count : 0, registered.Revision, $"{registered.By.Who} ({registered.By.Issuer})",
            JournalTime.Write(registered.By.At), registered.Document, policy.Problem);
    }

    /// <summary>The labels of the connections it is for.</summary>
    public string For() => Labels.Count == 0 ? "every connection" : string.Join(',', Labels.Select(label => $"{label.Key}={label.Value}"));
}

/// <summary>What operators granted for a while, and what they revoked, as far as it still counts.</summary>
public sealed record AccessListView(IReadOnlyList<GrantView> Grants, IReadOnlyList<RevocationView> Revocations)
{
    public static AccessListView Of(RegistrySnapshot registry, long now) => new(
        [.. registry.Grants.Values.Where(g => g.Until > now).OrderBy(g => g.Until).ThenBy(g => g.GrantId, StringComparer.Ordinal).Select(GrantView.Of)],
        [.. registry.Revocations.Values.Where(r => !(r.Until <= now)).OrderBy(r => r.Act.At).ThenBy(r => r.Kind).ThenBy(r => r.Value, StringComparer.Ordinal).Select(RevocationView.Of)]);
}

public sealed record GrantView(
    string Id, string Subject, string? Issuer, string? Connection, IReadOnlyDictionary<string, string> Labels, string From, string Until, string Reason, string By)
{
    public static GrantView Of(AccessGranted grant) => new(
        grant.GrantId, grant.Subject, grant.SubjectIssuer, grant.Connection, grant.Labels.ToDictionary(StringComparer.Ordinal),
        JournalTime.Write(grant.From), JournalTime.Write(grant.Until), grant.Reason, $"{grant.Act.Who} ({grant.Act.Issuer})");

    /// <summary>The connection, or the labels of those it is for.</summary>
    public string For() => Connection ?? string.Join(',', Labels.Select(label => $"{label.Key}={label.Value}"));
}

public sealed record RevocationView(string Kind, string Value, string? Issuer, string At, string? Until, string Reason, string By)
{
    public static RevocationView Of(Revoked revoked) => new(
        revoked.Kind.Word(), revoked.Value, revoked.ValueIssuer, JournalTime.Write(revoked.Act.At),
        revoked.Until is { } until ? JournalTime.Write(until) : null, revoked.Reason, $"{revoked.Act.Who} ({revoked.Act.Issuer})");
}

/// <summary>What the admin API says of access.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(ExplanationView))]
[JsonSerializable(typeof(AccessListView))]
[JsonSerializable(typeof(GrantView))]
[JsonSerializable(typeof(PolicyView))]
[JsonSerializable(typeof(IReadOnlyList<PolicyView>))]
[JsonSerializable(typeof(RevocationView))]
public sealed partial class AccessJson : JsonSerializerContext
{
    /// <summary>The same, over several lines for people to read.</summary>
    public static readonly AccessJson Indented =
        new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" });
}
