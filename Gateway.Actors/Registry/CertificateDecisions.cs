using System.Text;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Registry;

/// <summary>
/// Whether an act about certificates can be done to the registry as it is. Pure. Phases come in their order and each is done once, whoever
/// proposes it and however often.
/// </summary>
static class CertificateDecisions
{
    /// <summary>Origin: as many as connections would be a certificate each; a tenth of that is more than anybody has.</summary>
    public const int MostCertificates = 200;

    /// <summary>Authorities there ever were. Origin: a roll-over each month for two decades.</summary>
    public const int MostAuthorities = 256;

    /// <summary>Origin: clusters have accounts at a handful of servers.</summary>
    public const int MostAccounts = 64;

    /// <summary>Versions of one certificate that nodes keep: the one before, the current, the next.</summary>
    public const int MostVersions = 4;

    /// <summary>Null where the event is about something else. The detail lacks its full stop.</summary>
    public static (RegistryOutcome Outcome, string Detail)? Judge(CertificatesState now, RegistryEvent e) => e switch
    {
        CertificatePut put => Put(now, put),
        CertificateRemoved gone => now.All.ContainsKey(gone.Name) ? Done : NotFound(gone.Name),
        RotationOrdered ordered => now.All.TryGetValue(ordered.Name, out var known) ? known.OrderedAt > 0 ? Unchanged : Done : NotFound(ordered.Name),
        CertificateIssued issued => Issue(now, issued),
        CertificateActivated active => Phase(now, active.Name, active.Version, v => v.ActivatedAt is null),
        CertificateProven proven => Phase(
            now, proven.Name, proven.Version, v => v.ProvenAt is null, v => v.ActivatedAt is null ? "is not active yet; activate it first" : null),
        CertificateRetired retired => Phase(
            now, retired.Name, retired.Version, _ => true,
            v => now.All[retired.Name].Active == v && now.All[retired.Name].Versions.Count == 1 ? "is the only one there is; rotate it" : null),
        RotationFailed failed => Fail(now, failed),
        AuthorityMade made => Make(now, made),
        AuthorityStaged staged => Stage(now, staged),
        AcmeAccountKept kept => Keep(now, kept),
        _ => null,
    };

    static (RegistryOutcome, string) Done => (RegistryOutcome.Done, "");

    static (RegistryOutcome, string) Unchanged => (RegistryOutcome.Unchanged, "");

    static (RegistryOutcome, string) Put(CertificatesState now, CertificatePut put)
    {
        if (!RegistryDecisions.IsName(put.Name)) return (RegistryOutcome.Invalid, "The certificate's name is none; use 1 to 63 lower-case letters, digits and dashes");
        if (Encoding.UTF8.GetByteCount(put.Document) > EventLimits.Document)
            return (RegistryOutcome.Invalid, $"The document of certificate {put.Name} is larger than {EventLimits.Document} bytes; give it fewer names");
        if (now.All.TryGetValue(put.Name, out var known)) return known.Document == put.Document ? Unchanged : Done;
        return now.All.Count < MostCertificates ? Done : (RegistryOutcome.Full, $"{MostCertificates} certificates are registered; remove some first");
    }

    static (RegistryOutcome, string) Issue(CertificatesState now, CertificateIssued issued)
    {
        if (!now.All.TryGetValue(issued.Name, out var known)) return NotFound(issued.Name);
        if (issued.Chain.Count == 0) return (RegistryOutcome.Invalid, $"Version {issued.Version} of certificate {issued.Name} holds no certificate; send its chain");
        var last = now.LastVersion(issued.Name);
        if (issued.Version <= last) return Unchanged;
        if (issued.Version != last + 1)
            return (RegistryOutcome.Outdated, $"The next version of certificate {issued.Name} is {last + 1}, not {issued.Version}; look at it and try again");
        return known.Versions.Count < MostVersions
            ? Done
            : (RegistryOutcome.Full, $"Certificate {issued.Name} has {MostVersions} versions that are not retired; see why with: gateway certs show {issued.Name}");
    }

    static (RegistryOutcome, string) Phase(
        CertificatesState now, string name, uint version, Func<CertificateVersion, bool> isNew, Func<CertificateVersion, string?>? problem = null)
    {
        if (!now.All.TryGetValue(name, out var known)) return NotFound(name);
        // Retired already: all phases are over.
        if (known.Versions.Find(v => v.Number == version) is not { } found) return version <= now.LastVersion(name) ? Unchanged : NotFound(name);
        if (!isNew(found)) return Unchanged;
        return problem?.Invoke(found) is { } fault ? (RegistryOutcome.Invalid, $"Version {version} of certificate {name} {fault}") : Done;
    }

    static (RegistryOutcome, string) Fail(CertificatesState now, RotationFailed failed)
    {
        if (!now.All.TryGetValue(failed.Name, out var known)) return NotFound(failed.Name);
        if (failed.Version <= now.LastVersion(failed.Name)) return Unchanged;
        return known.Failed is { } before && before.Version == failed.Version && before.Attempt >= failed.Attempt ? Unchanged : Done;
    }

    static (RegistryOutcome, string) Make(CertificatesState now, AuthorityMade made)
    {
        if (now.Authorities.ContainsKey(made.Generation)) return Unchanged;
        if (made.Generation != now.Authorities.Count + 1)
            return (RegistryOutcome.Outdated, $"The next authority is number {now.Authorities.Count + 1}, not {made.Generation}; look at them and try again");
        if (made.Chain.Count < 2) return (RegistryOutcome.Invalid, "The authority comes without its root; send the intermediate and the root");
        return now.Authorities.Count < MostAuthorities ? Done : (RegistryOutcome.Full, $"There were {MostAuthorities} authorities; begin a new registry");
    }

    static (RegistryOutcome, string) Stage(CertificatesState now, AuthorityStaged staged)
    {
        if (!now.Authorities.TryGetValue(staged.Generation, out var known)) return (RegistryOutcome.NotFound, $"There is no authority {staged.Generation}");
        if (known.Stage == staged.Stage) return Unchanged;
        return staged.Stage == AuthorityStage.Signing && now.Signing is { } other && other.Generation != staged.Generation
            ? (RegistryOutcome.Invalid, $"Authority {other.Generation} signs already; replace it in the same change")
            : Done;
    }

    static (RegistryOutcome, string) Keep(CertificatesState now, AcmeAccountKept kept)
    {
        if (kept.Issuer.Length is 0 or > 64) return (RegistryOutcome.Invalid, "The ACME server has no name of 1 to 64 characters; correct it");
        // Nodes share the account: what one of them knows from before another changed the key must not bring an old key back.
        if (now.Accounts.TryGetValue(kept.Issuer, out var known) && known.Directory == kept.Directory && !IsKey(known, kept.SealedKey))
            return (RegistryOutcome.Outdated, $"Another node changed the account at ACME server {kept.Issuer} meanwhile; try again");
        return now.Accounts.ContainsKey(kept.Issuer) || now.Accounts.Count < MostAccounts
            ? Done
            : (RegistryOutcome.Full, $"{MostAccounts} accounts at ACME servers are kept; begin a new registry");
    }

    static bool IsKey(AcmeAccountKept account, ReadOnlyMemory<byte> sealedKey) =>
        account.SealedKey.Span.SequenceEqual(sealedKey.Span)
        || (!account.SealedNextKey.IsEmpty && account.SealedNextKey.Span.SequenceEqual(sealedKey.Span));

    static (RegistryOutcome, string) NotFound(string name) => (RegistryOutcome.NotFound, $"There is no certificate {(RegistryDecisions.IsName(name) ? name : "of that name")}");
}
