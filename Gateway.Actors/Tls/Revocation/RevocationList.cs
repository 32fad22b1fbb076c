using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace Gateway.Actors.Tls.Revocation;

/// <summary>
/// The revocation lists of one file (RFC 5280 section 5), each as a set of serial numbers: asking costs the same however long a list is.
/// Immutable.
/// </summary>
public sealed class RevocationList
{
    readonly Listed[] _lists;

    RevocationList(Listed[] lists) => _lists = lists;

    /// <summary>Reads PEM or DER.</summary>
    /// <exception cref="InvalidDataException">It holds no list, or one of a kind that is not understood.</exception>
    public static RevocationList Parse(byte[] content)
    {
        try
        {
            var lists = new X509CrlParser().ReadCrls(content);
            if (lists.Count == 0) throw new InvalidDataException("it holds no revocation list");
            // Delta and indirect lists say so in critical extensions: reading them as whole ones would miss what they leave out.
            if (lists.Any(list => list.GetCriticalExtensionOids() is { Count: > 0 })) throw new InvalidDataException("it holds a delta or indirect list");
            return new RevocationList([.. lists.Select(list => new Listed(list))]);
        }
        catch (Exception e) when (e is GeneralSecurityException or IOException or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException("it holds no valid revocation list", e);
        }
    }

    /// <summary>What the newest list of the certificate's issuer says.</summary>
    public RevocationFinding Judge(X509Certificate2 certificate, X509Certificate2 issuer, DateTimeOffset now)
    {
        var authority = new X509CertificateParser().ReadCertificate(issuer.RawData);
        var newest = _lists.Where(list => list.IsBy(authority)).MaxBy(list => list.From);
        if (newest is null) return new(RevocationState.Unknown, "the revocation list is not its authority's");
        if (newest.From > now.UtcDateTime) return new(RevocationState.Unknown, $"the revocation list is valid from {newest.From:u} on");
        if (newest.Until is not { } until || until <= now.UtcDateTime) return new(RevocationState.Unknown, "the revocation list is out of date");
        return newest.Holds(certificate)
            ? new(RevocationState.Revoked, "its authority revoked it, says the revocation list")
            : new(RevocationState.Good, "it is not on the revocation list");
    }

    sealed class Listed(X509Crl list)
    {
        readonly HashSet<BigInteger> _serials = [.. (list.GetRevokedCertificates() ?? new HashSet<X509CrlEntry>()).Select(entry => entry.SerialNumber)];

        public DateTime From { get; } = list.ThisUpdate;

        public DateTime? Until { get; } = list.NextUpdate;

        public bool Holds(X509Certificate2 certificate) => _serials.Contains(new BigInteger(1, certificate.SerialNumberBytes.ToArray()));

        public bool IsBy(Org.BouncyCastle.X509.X509Certificate authority)
        {
            if (!list.IssuerDN.Equivalent(authority.SubjectDN, inOrder: true) || !SignatureAlgorithms.Accepts(list.SigAlgOid)) return false;
            // RFC 5280 section 4.2.1.3: an authority that may not sign lists has not signed one.
            if (authority.GetKeyUsage() is { } usage && !(usage.Length > 6 && usage[6])) return false;
            try
            {
                list.Verify(authority.GetPublicKey());
                return true;
            }
            catch (Exception e) when (e is GeneralSecurityException or ArgumentException)
            {
                return false;
            }
        }
    }
}
