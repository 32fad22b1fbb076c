using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Ocsp;
using Org.BouncyCastle.Security;
using X509CertificateParser = Org.BouncyCastle.X509.X509CertificateParser;

namespace Gateway.Actors.Tls.Revocation;

/// <summary>Questions and answers of the Online Certificate Status Protocol (RFC 6960), in its lightweight profile (RFC 5019). Pure.</summary>
public static class OcspMessages
{
    const string OcspSigning = "1.3.6.1.5.5.7.3.9";

    /// <summary>Clocks of responders differ.</summary>
    static readonly TimeSpan s_skew = TimeSpan.FromMinutes(5);

    /// <summary>How long an answer counts that does not say.</summary>
    static readonly TimeSpan s_unsaid = TimeSpan.FromMinutes(5);

    /// <summary>However long it says it counts, a certificate may be revoked meanwhile.</summary>
    static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    /// <summary>The question, in DER.</summary>
    public static byte[] Ask(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        var request = new OcspReqGenerator();
        request.AddRequest(IdOf(certificate, issuer));
        return request.Generate().GetEncoded();
    }

    /// <summary>What an answer says of the certificate, and until when that counts; only a signed, fresh answer about it says anything.</summary>
    public static (RevocationFinding Finding, DateTimeOffset Until) Judge(byte[] answer, X509Certificate2 certificate, X509Certificate2 issuer, DateTimeOffset now)
    {
        try
        {
            var response = new OcspResp(answer);
            if (response.Status != 0) return Unknown($"the responder answers with status {response.Status}", now);
            if (response.GetResponseObject() is not BasicOcspResp basic) return Unknown("the responder's answer is of a kind that is not read", now);
            if (!IsSigned(basic, issuer, now)) return Unknown("the responder's answer is not signed for the certificate's authority", now);
            var asked = IdOf(certificate, issuer);
            return basic.Responses.FirstOrDefault(single => single.GetCertID().Equals(asked)) is { } found
                ? Judge(found, now)
                : Unknown("the responder's answer is about another certificate", now);
        }
        catch (Exception e) when (e is OcspException or GeneralSecurityException or IOException or ArgumentException or InvalidOperationException or InvalidCastException)
        {
            return Unknown("the responder's answer cannot be read", now);
        }
    }

    static (RevocationFinding, DateTimeOffset) Judge(SingleResp single, DateTimeOffset now)
    {
        var from = new DateTimeOffset(single.ThisUpdate, TimeSpan.Zero);
        var until = single.NextUpdate is { } next ? new DateTimeOffset(next, TimeSpan.Zero) : from + s_unsaid;
        if (from > now + s_skew) return Unknown("the responder's answer is of a time that lies ahead", now);
        if (until + s_skew <= now) return Unknown("the responder's answer is out of date", now);
        var kept = until < now + s_longest ? until : now + s_longest;
        return single.GetCertStatus() switch
        {
            // The library says so of what is good.
            null => (new(RevocationState.Good, "its authority's responder says it is good"), kept),
            RevokedStatus => (new(RevocationState.Revoked, "its authority revoked it, says the responder"), kept),
            _ => Unknown("the responder does not know the certificate", now),
        };
    }

    // RFC 6960 section 4.2.2.2: by the authority itself, or by whom it issued a certificate for that purpose.
    static bool IsSigned(BasicOcspResp basic, X509Certificate2 issuer, DateTimeOffset now)
    {
        if (!SignatureAlgorithms.Accepts(basic.SignatureAlgorithm.Algorithm.Id)) return false;
        var authority = new X509CertificateParser().ReadCertificate(issuer.RawData);
        if (basic.Verify(authority.GetPublicKey())) return true;
        foreach (var delegated in basic.GetCerts())
        {
            if (!delegated.IssuerDN.Equivalent(authority.SubjectDN, inOrder: true) || !delegated.IsValid(now.UtcDateTime)) continue;
            if (!SignatureAlgorithms.Accepts(delegated.SigAlgOid) || delegated.GetExtendedKeyUsage()?.Any(usage => usage.Id == OcspSigning) != true) continue;
            if (IsIssuedBy(delegated, authority) && basic.Verify(delegated.GetPublicKey())) return true;
        }

        return false;
    }

    static bool IsIssuedBy(Org.BouncyCastle.X509.X509Certificate certificate, Org.BouncyCastle.X509.X509Certificate authority)
    {
        try
        {
            certificate.Verify(authority.GetPublicKey());
            return true;
        }
        catch (GeneralSecurityException)
        {
            return false;
        }
    }

    // SHA-1 names the authority here and protects nothing; it is what every responder knows (RFC 5019 section 2.1.1).
    static CertificateID IdOf(X509Certificate2 certificate, X509Certificate2 issuer) => new(
        CertificateID.DigestSha1, new X509CertificateParser().ReadCertificate(issuer.RawData), new BigInteger(1, certificate.SerialNumberBytes.ToArray()));

    static (RevocationFinding, DateTimeOffset) Unknown(string detail, DateTimeOffset now) => (new(RevocationState.Unknown, detail), now);
}
