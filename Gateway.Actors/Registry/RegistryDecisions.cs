using System.Text;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Registry;

/// <summary>Whether an act can be done to the registry as it is. Pure.</summary>
public static class RegistryDecisions
{
    // Caps of what every node holds in memory and looks through. Beyond them a mistake or an attack is likelier than a need.
    public const int MostConnections = 2_000;
    public const int MostSecrets = 2_000;

    /// <summary>Each is held against the labels of a connection at every login.</summary>
    public const int MostPolicies = 500;
    public const int MostGrants = 10_000;
    public const int MostRevocations = 100_000;

    public const int MostHolds = 10_000;

    /// <summary>Characters of a reason.</summary>
    public const int LongestReason = 200;

    /// <summary>Characters of a subject, a token's identifier, a certificate's number.</summary>
    public const int LongestValue = 1024;

    public static RegistryAnswer Judge(RegistrySnapshot now, RegistryEvent e) => e switch
    {
        ConnectionPut put => Put(now, put),
        ConnectionRemoved gone => now.Connections.ContainsKey(gone.Name) ? Done(now) : NotFound(now, $"There is no registered connection {Shown(gone.Name)}"),
        SecretPut put => Put(now, put),
        SecretRemoved gone => now.Secrets.ContainsKey(gone.Name) ? Done(now) : NotFound(now, $"There is no secret {Shown(gone.Name)}"),
        PolicyPut put => Put(now, put),
        PolicyRemoved gone => now.Policies.ContainsKey(gone.Name) ? Done(now) : NotFound(now, $"There is no access policy {Shown(gone.Name)}"),
        AccessGranted grant => Grant(now, grant),
        AccessWithdrawn gone => now.Grants.ContainsKey(gone.GrantId) ? Reasoned(now, gone.Reason) : NotFound(now, $"There is no grant {Shown(gone.GrantId)}"),
        Revoked revoked => Revoke(now, revoked),
        RevocationLifted gone => now.Revocations.ContainsKey(RevocationKey.Of(gone.Kind, gone.Value, gone.ValueIssuer))
            ? Reasoned(now, gone.Reason)
            : NotFound(now, $"{Shown(gone.Value)} is not revoked"),
        RecordingHeld held => Hold(now, held),
        HoldLifted gone => now.Holds.ContainsKey(gone.SessionId) ? Reasoned(now, gone.Reason) : NotFound(now, $"{Shown(gone.SessionId)} is not under legal hold"),
        RecordingErased erased => Erase(now, erased),
        RecordingsExpired expired => expired.Sessions.FirstOrDefault(now.Holds.ContainsKey) is { } one ? Held(now, now.Holds[one]) : Done(now),
        // What was replaced or removed meanwhile is none of its business any more.
        Resealed again => SealedThings.IsStill(now, again) ? Done(now) : Unchanged(now),
        _ => CertificateDecisions.Judge(now.Certificates, e) is var (outcome, detail)
            ? new(outcome, now.Revision, detail.Length > 0 ? $"{detail}." : "")
            : Done(now),
    };

    /// <summary>1 to 63 lower-case letters, digits and dashes.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= 63 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    static RegistryAnswer Put(RegistrySnapshot now, ConnectionPut put)
    {
        if (!IsName(put.Name)) return BadName(now, put.Name);
        if (Encoding.UTF8.GetByteCount(put.Document) > EventLimits.Document)
            return Invalid(now, $"The document of connection {put.Name} is larger than {EventLimits.Document} bytes; name fewer authorities in it");
        if (!now.Connections.TryGetValue(put.Name, out var known))
            return now.Connections.Count < MostConnections ? Done(now) : Full(now, $"{MostConnections} connections are registered");
        return known.Document == put.Document ? Unchanged(now) : Done(now);
    }

    static RegistryAnswer Put(RegistrySnapshot now, PolicyPut put)
    {
        if (!IsName(put.Name)) return BadName(now, put.Name);
        if (Encoding.UTF8.GetByteCount(put.Document) > EventLimits.Document)
            return Invalid(now, $"The document of policy {put.Name} is larger than {EventLimits.Document} bytes; make several of it");
        if (!now.Policies.TryGetValue(put.Name, out var known))
            return now.Policies.Count < MostPolicies ? Done(now) : Full(now, $"{MostPolicies} access policies are registered");
        return known.Document == put.Document ? Unchanged(now) : Done(now);
    }

    static RegistryAnswer Put(RegistrySnapshot now, SecretPut put)
    {
        if (!IsName(put.Name)) return BadName(now, put.Name);
        return now.Secrets.ContainsKey(put.Name) || now.Secrets.Count < MostSecrets ? Done(now) : Full(now, $"{MostSecrets} secrets are registered");
    }

    static RegistryAnswer Grant(RegistrySnapshot now, AccessGranted grant)
    {
        if (!IsValue(grant.Subject)) return BadValue(now, "subject");
        if (grant.Connection is { } connection ? !IsName(connection) : grant.Labels.Count is 0 or > EventLimits.Labels)
            return Invalid(now, $"The grant names no connection; name one, or 1 to {EventLimits.Labels} labels of some");
        if (grant.Until <= grant.From || grant.Until <= grant.Act.At) return Invalid(now, "The grant ends before it begins; give it a time to come");
        if (now.Grants.ContainsKey(grant.GrantId)) return Invalid(now, $"There is a grant {Shown(grant.GrantId)} already; give the new one an id of its own");
        return now.Grants.Count < MostGrants ? Reasoned(now, grant.Reason) : Full(now, $"{MostGrants} grants are registered");
    }

    static RegistryAnswer Revoke(RegistrySnapshot now, Revoked revoked)
    {
        if (!IsValue(revoked.Value)) return BadValue(now, "revoked name");
        if (revoked.Until <= revoked.Act.At) return Invalid(now, "The revocation ends before it begins; give it a time to come");
        var key = RevocationKey.Of(revoked.Kind, revoked.Value, revoked.ValueIssuer);
        if (now.Revocations.TryGetValue(key, out var known) && known.Until == revoked.Until && known.Reason == revoked.Reason) return Unchanged(now);
        return now.Revocations.Count < MostRevocations ? Reasoned(now, revoked.Reason) : Full(now, $"{MostRevocations} revocations are registered");
    }

    static RegistryAnswer Hold(RegistrySnapshot now, RecordingHeld held)
    {
        if (!IsValue(held.SessionId)) return BadValue(now, "session");
        if (now.Holds.ContainsKey(held.SessionId)) return Unchanged(now);
        return now.Holds.Count < MostHolds ? Reasoned(now, held.Reason) : Full(now, $"{MostHolds} recordings are under legal hold");
    }

    /// <summary>
    /// What was promised is finished though a hold came since: the act that promised it was judged when there was none, and but for a node that died its deed
    /// would have been done before. Nobody may ask anew.
    /// </summary>
    static RegistryAnswer Erase(RegistrySnapshot now, RecordingErased erased) =>
        now.Holds.TryGetValue(erased.SessionId, out var hold) && !(erased.Act.IsOfGateway && now.Erasures.ContainsKey(erased.SessionId))
            ? Held(now, hold)
            : Reasoned(now, erased.Reason);

    static RegistryAnswer Held(RegistrySnapshot now, RecordingHeld hold) =>
        Invalid(now, $"{Shown(hold.SessionId)} is under legal hold by {Shown(hold.Act.Who)} ({Shown(hold.Reason)}); have the hold lifted first");

    static RegistryAnswer Reasoned(RegistrySnapshot now, string reason) =>
        reason.Length is > 0 and <= LongestReason && !reason.Any(char.IsControl)
            ? Done(now)
            : Invalid(now, $"The reason must be one line of 1 to {LongestReason} characters; say why");

    static bool IsValue(string value) => value.Length is > 0 and <= LongestValue && !value.Any(char.IsControl);

    static RegistryAnswer BadName(RegistrySnapshot now, string name) =>
        Invalid(now, $"{Shown(name)} is no name; use 1 to 63 lower-case letters, digits and dashes");

    static RegistryAnswer BadValue(RegistrySnapshot now, string what) =>
        Invalid(now, $"The {what} must be 1 to {LongestValue} characters on one line; correct it");

    static RegistryAnswer Done(RegistrySnapshot now) => new(RegistryOutcome.Done, now.Revision, "");

    static RegistryAnswer Unchanged(RegistrySnapshot now) => new(RegistryOutcome.Unchanged, now.Revision, "");

    static RegistryAnswer NotFound(RegistrySnapshot now, string what) => new(RegistryOutcome.NotFound, now.Revision, $"{what}.");

    static RegistryAnswer Invalid(RegistrySnapshot now, string what) => new(RegistryOutcome.Invalid, now.Revision, $"{what}.");

    static RegistryAnswer Full(RegistrySnapshot now, string what) => new(RegistryOutcome.Full, now.Revision, $"{what}; remove some first.");

    static string Shown(string text)
    {
        var cut = text.Length <= 80 ? text : text[..80] + "...";
        return string.Concat(cut.Select(c => char.IsControl(c) ? '?' : c));
    }
}
