using Gateway.Actors.Connections;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Certificates;

/// <summary>What a node says of a version that it was asked about.</summary>
/// <param name="Version">The version.</param>
/// <param name="Holds">It opened the key, and found chain, key, names and dates good.</param>
/// <param name="Proves">It is active, and the node's own listeners answer a handshake with it.</param>
/// <param name="Problem">What keeps it from holding or proving; empty for nothing.</param>
public sealed record NodeSight(uint Version, bool Holds, bool Proves, string Problem);

/// <summary>Everything that the next step of one certificate's rotation depends on.</summary>
public sealed record RotationFacts
{
    public required ManagedCertificate Certificate { get; init; }

    public required CertificateProfile Profile { get; init; }

    /// <summary>The highest number of a version of that name there ever was.</summary>
    public required uint LastVersion { get; init; }

    /// <summary>The generation of the cluster's authority that signs; 0 before there is one.</summary>
    public required uint SigningGeneration { get; init; }

    /// <summary>The keys of the gateways in the cluster. One that is unreachable is waited for until it is downed.</summary>
    public required IReadOnlyCollection<string> LiveNodes { get; init; }

    /// <summary>What each said last, by node key.</summary>
    public required IReadOnlyDictionary<string, NodeSight> Sights { get; init; }

    /// <summary>When the issuer wants the active version renewed; null when it did not say.</summary>
    public DateTimeOffset? Advised { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <summary>The next step of a rotation.</summary>
public abstract record RotationStep
{
    /// <summary>Nothing is due before that time.</summary>
    public sealed record Wait(DateTimeOffset Until) : RotationStep;

    /// <summary>Nodes have to hold or prove that version first; <paramref name="Missing"/> have not.</summary>
    public sealed record Ask(uint Version, IReadOnlyList<string> Missing) : RotationStep;

    public sealed record Issue(uint Version, string Reason) : RotationStep;

    public sealed record Activate(uint Version, IReadOnlyList<string> Nodes) : RotationStep;

    public sealed record Prove(uint Version, IReadOnlyList<string> Nodes) : RotationStep;

    public sealed record Retire(uint Version, string Reason) : RotationStep;
}

/// <summary>
/// Decides the next step of a certificate's rotation: issue, acknowledged by every live node, activate, proven by every live node, retire what is
/// older. Pure: it is asked again and again, by whichever node coordinates, and leans on nothing but the registry's record and what nodes say of
/// themselves. So a coordinator that dies between two steps is replaced by one that goes on with the very next.
/// </summary>
public static class RotationPlan
{
    /// <summary>Nothing about a certificate is looked at less often.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromHours(1);

    public static RotationStep Next(RotationFacts facts)
    {
        var certificate = facts.Certificate;
        if (facts.Profile.Source == CertificateOrigin.Files) return new RotationStep.Wait(facts.Now + LookAgain);
        if (certificate.Newest is not { } newest) return First(facts);
        if (newest.ActivatedAt is null) return Pending(facts, newest);
        if (newest.ProvenAt is null) return Proof(facts, newest);
        if (certificate.Versions.Count > 1)
            return new RotationStep.Retire(certificate.Versions[0].Number, $"version {newest.Number} took its place");
        return Renewal(facts, newest);
    }

    static RotationStep First(RotationFacts facts)
    {
        if (!facts.Profile.IsRenewed) return new RotationStep.Wait(facts.Now + LookAgain);
        return Unless(facts, new RotationStep.Issue(facts.LastVersion + 1, "there is none yet"));
    }

    static RotationStep Pending(RotationFacts facts, CertificateVersion newest)
    {
        // What nobody was given yet may go for anything better.
        if (IsOutdated(facts, newest) is { } reason) return new RotationStep.Retire(newest.Number, reason);
        if (CertificateFacts.Of(newest).NotAfter <= facts.Now) return new RotationStep.Retire(newest.Number, "it expired before every node had it");
        var holding = facts.LiveNodes.Where(n => Sight(facts, n, newest) is { Holds: true }).Order(StringComparer.Ordinal).ToArray();
        var missing = facts.LiveNodes.Except(holding, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (holding.Length > 0 && (missing.Length == 0 || MayGoWithout(facts, newest, missing))) return new RotationStep.Activate(newest.Number, holding);
        return new RotationStep.Ask(newest.Number, missing);
    }

    // A node that says it cannot hold the version keeps the others from it only as long as the one before is good: beyond that, waiting would
    // take the connection from every node instead of from one.
    static bool MayGoWithout(RotationFacts facts, CertificateVersion newest, string[] missing)
    {
        if (!missing.All(node => Sight(facts, node, newest) is { Problem.Length: > 0 })) return false;
        return facts.Certificate.Active is not { } active
            || RotationSchedule.Alarm(IssuedAt(active), CertificateFacts.Of(active).NotAfter, facts.Now) >= ExpiryAlarm.Critical;
    }

    static RotationStep Proof(RotationFacts facts, CertificateVersion newest)
    {
        var proving = facts.LiveNodes.Where(n => Sight(facts, n, newest) is { Proves: true }).Order(StringComparer.Ordinal).ToArray();
        var missing = facts.LiveNodes.Except(proving, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (proving.Length > 0 && missing.Length == 0) return new RotationStep.Prove(newest.Number, proving);
        // A node whose listener is in trouble must not let the certificate run out for all. With as many versions as are kept another could not be recorded.
        if (missing.Length > 0 && facts.Certificate.Versions.Count < CertificateDecisions.MostVersions && facts.Profile.IsRenewed
            && facts.Now >= DueAt(facts, newest) && missing.All(n => Sight(facts, n, newest) is { Problem.Length: > 0 }))
        {
            return Unless(facts, new RotationStep.Issue(facts.LastVersion + 1, "it is due, and not every node could prove the one before"));
        }

        return new RotationStep.Ask(newest.Number, missing);
    }

    static RotationStep Renewal(RotationFacts facts, CertificateVersion newest)
    {
        if (!facts.Profile.IsRenewed) return new RotationStep.Wait(facts.Now + LookAgain);
        if (facts.Certificate.OrderedAt > newest.Revision) return Unless(facts, new RotationStep.Issue(facts.LastVersion + 1, "it was ordered"));
        if (IsOutdated(facts, newest) is { } reason) return Unless(facts, new RotationStep.Issue(facts.LastVersion + 1, reason));
        var due = DueAt(facts, newest);
        return facts.Now >= due
            ? Unless(facts, new RotationStep.Issue(facts.LastVersion + 1, "it is due"))
            : new RotationStep.Wait(Earlier(due, facts.Now + LookAgain));
    }

    static DateTimeOffset DueAt(RotationFacts facts, CertificateVersion version)
    {
        var due = RotationSchedule.RenewAt(facts.Certificate.Name, version.Number, IssuedAt(version), CertificateFacts.Of(version).NotAfter);
        return facts.Advised is { } advised ? Earlier(due, advised) : due;
    }

    static string? IsOutdated(RotationFacts facts, CertificateVersion version)
    {
        if (!facts.Profile.IsRenewed) return null;
        if (facts.Certificate.Revision > version.Revision) return "its declaration has changed";
        return facts.Profile.Source == CertificateOrigin.Internal && facts.SigningGeneration > 0 && version.Generation != facts.SigningGeneration
            ? $"authority {facts.SigningGeneration} signs by now"
            : null;
    }

    // What failed is not tried again before its time.
    static RotationStep Unless(RotationFacts facts, RotationStep.Issue issue)
    {
        var next = facts.Certificate.Failed is { } failed && failed.Version == issue.Version ? UnixMicros.Time(failed.NextAttempt) : facts.Now;
        return next > facts.Now ? new RotationStep.Wait(next) : issue;
    }

    static NodeSight? Sight(RotationFacts facts, string node, CertificateVersion version) =>
        facts.Sights.GetValueOrDefault(node) is { } sight && sight.Version == version.Number ? sight : null;

    static DateTimeOffset IssuedAt(CertificateVersion version) => UnixMicros.Time(version.IssuedAt);

    static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
