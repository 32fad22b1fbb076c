using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting;

/// <summary>
/// Revokes certificates: in the registry, which every node acts by and tells whoever asks, and at the ACME server that issued them. What is in use is
/// ordered anew in the same change.
/// </summary>
public sealed class CertificateRevoking(IRegistry registry, IRegistryCommands commands, RegisteredCertificates declarations, AcmeSource? acme = null)
{
    /// <summary>RFC 5280 section 5.3.1: unspecified. Why is in the registry, in words.</summary>
    const int Unspecified = 0;

    /// <param name="which">The name of a certificate the cluster looks after, for the version that is in use; or a serial number in hex.</param>
    /// <param name="reason">One line, for the record.</param>
    /// <param name="act">Who does it.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<RegistryAnswer> RevokeAsync(string which, string reason, Act act, CancellationToken cancel)
    {
        var state = registry.Current.Certificates;
        if (Find(state, which) is not { } found) return new(RegistryOutcome.NotFound, registry.Current.Revision, $"There is no certificate {which} in use, and no authority it could be of.");
        var events = new List<RegistryEvent>
        {
            new Revoked { Act = act, Kind = RevocationKind.Certificate, Value = found.Serial, ValueIssuer = found.Issuer, Reason = reason },
        };
        var profile = found.Certificate is null ? null : declarations.Read(found.Certificate);
        if (profile is { IsRenewed: true } && found.Certificate!.Newest == found.Version) events.Add(new RotationOrdered { Act = act, Name = found.Certificate.Name });
        var answer = await commands.ChangeAsync(events, basis: null, cancel).ConfigureAwait(false);
        if (!answer.IsDone || profile is not { Source: CertificateOrigin.Acme, Issuer: { } issuer } || acme is null) return answer;
        return await AtServerAsync(acme, issuer, found.Version!, answer, cancel).ConfigureAwait(false);
    }

    // Told as refused though it is revoked here: whoever asked has to ask again, which then does what is left.
    static async Task<RegistryAnswer> AtServerAsync(AcmeSource acme, string issuer, CertificateVersion version, RegistryAnswer answer, CancellationToken cancel)
    {
        try
        {
            await acme.RevokeAsync(issuer, version.Chain[0], Unspecified, cancel).ConfigureAwait(false);
            return answer;
        }
        catch (CertificateSourceException e)
        {
            return new(RegistryOutcome.Unavailable, answer.Revision, $"It is revoked here, and not yet where it was issued ({e.Message}); try again.");
        }
    }

    static Found? Find(CertificatesState state, string which)
    {
        if (state.All.TryGetValue(which, out var named)) return named.Active is { } active ? Found.Of(named, active) : null;
        if (CertificateNumbers.Canonical(which) is not { } serial) return null;
        var known = state.All.Values.SelectMany(certificate => certificate.Versions.Select(version => Found.Of(certificate, version)))
            .FirstOrDefault(found => found.Serial == serial);
        if (known is not null) return known;
        // A version that nobody looks after any more: it can only be the authority's own.
        if (state.Signing is not { } signing) return null;
        using var authority = X509CertificateLoader.LoadCertificate(signing.Chain[0].Span);
        return new Found(serial, authority.Subject, null, null);
    }

    sealed record Found(string Serial, string Issuer, ManagedCertificate? Certificate, CertificateVersion? Version)
    {
        public static Found Of(ManagedCertificate certificate, CertificateVersion version)
        {
            using var leaf = X509CertificateLoader.LoadCertificate(version.Chain[0].Span);
            return new(CertificateNumbers.Canonical(leaf.SerialNumber)!, leaf.Issuer, certificate, version);
        }
    }
}
