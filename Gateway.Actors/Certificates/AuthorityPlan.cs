using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Certificates;

/// <summary>An authority's next stage.</summary>
public readonly record struct StagedAuthority(uint Generation, AuthorityStage Stage);

/// <summary>
/// The stages of a roll-over from one authority of the cluster's own to the next: prepared (both are trusted, the old one signs), signing (both are
/// trusted, the new one signs, everything is issued anew), retired (the old one is no longer trusted). Each can be taken back. Pure.
/// </summary>
public static class AuthorityPlan
{
    /// <summary>The stages to enter, in order; or the sentence that says why there is no such step.</summary>
    public static (IReadOnlyList<StagedAuthority> Stages, string? Problem) Step(CertificatesState now, bool back)
    {
        var prepared = At(now, AuthorityStage.Prepared);
        var signing = At(now, AuthorityStage.Signing);
        var replaced = At(now, AuthorityStage.Replaced);
        if (back) return Back(now, prepared, signing, replaced);
        if (prepared is not null && signing is not null)
            return ([new(signing.Generation, AuthorityStage.Replaced), new(prepared.Generation, AuthorityStage.Signing)], null);
        if (replaced is null) return ([], "No roll-over is going on; begin one with: gateway certs authority rollover.");
        var user = now.All.Values.FirstOrDefault(c => c.Versions.Exists(v => v.Generation == replaced.Generation));
        return user is null
            ? ([new(replaced.Generation, AuthorityStage.Retired)], null)
            : ([], $"Certificate {user.Name} still has a version of authority {replaced.Generation}; wait until it is rotated, see: gateway certs list.");
    }

    static (IReadOnlyList<StagedAuthority> Stages, string? Problem) Back(
        CertificatesState now, ManagedAuthority? prepared, ManagedAuthority? signing, ManagedAuthority? replaced)
    {
        if (replaced is not null && signing is not null)
            return ([new(signing.Generation, AuthorityStage.Prepared), new(replaced.Generation, AuthorityStage.Signing)], null);
        if (prepared is not null)
        {
            // Taken back from signing, it may have signed something.
            var user = now.All.Values.FirstOrDefault(c => c.Versions.Exists(v => v.Generation == prepared.Generation));
            return user is null
                ? ([new(prepared.Generation, AuthorityStage.Retired)], null)
                : ([], $"Certificate {user.Name} still has a version of authority {prepared.Generation}; wait until it is rotated, see: gateway certs list.");
        }

        // The newest that was retired, unless a later one signs already for itself.
        var last = now.Authorities.Values.LastOrDefault(a => a.Stage == AuthorityStage.Retired && a.Generation < (signing?.Generation ?? 0));
        return last is not null
            ? ([new(last.Generation, AuthorityStage.Replaced)], null)
            : ([], "There is no stage to go back to; see: gateway certs authority show.");
    }

    static ManagedAuthority? At(CertificatesState now, AuthorityStage stage) => now.Authorities.Values.FirstOrDefault(a => a.Stage == stage);
}
