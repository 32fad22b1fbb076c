using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Ocsp;
using Org.BouncyCastle.Security;
using X509CertificateParser = Org.BouncyCastle.X509.X509CertificateParser;

namespace Gateway.Actors.Certificates.Status;

/// <summary>
/// Questions to a responder and its answers (RFC 6960), in the lightweight profile (RFC 5019): nonces are not answered, so that an answer serves everybody
/// who asks the same. Pure.
/// </summary>
static class OcspAnswers
{
    /// <summary>Certificates one question may be about. Origin: clients ask about one; RFC 5019 section 2.1.1 allows no more.</summary>
    public const int MostAsked = 8;

    // What names an authority in a question. SHA-1 protects nothing here, and it is what everybody uses.
    static readonly HashSet<string> s_digests = new(StringComparer.Ordinal) { "1.3.14.3.2.26", "2.16.840.1.101.3.4.2.1" };

    /// <summary>The certificates asked about; null when it is no such question.</summary>
    public static IReadOnlyList<CertificateID>? Read(byte[] question)
    {
        try
        {
            // Empty bytes are no object at all, which the library takes for one.
            if (Asn1Object.FromByteArray(question) is not Asn1Sequence request) return null;
            var asked = new OcspReq(OcspRequest.GetInstance(request)).GetRequestList().Select(single => single.GetCertID()).ToArray();
            return asked.Length is > 0 and <= MostAsked && Array.TrueForAll(asked, id => s_digests.Contains(id.HashAlgOid) && IsSerial(id)) ? asked : null;
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException or InvalidCastException or OcspException or GeneralSecurityException)
        {
            return null;
        }
    }

    public static bool IsIssuedBy(CertificateID asked, X509Certificate2 authority) =>
        asked.MatchesIssuer(new X509CertificateParser().ReadCertificate(authority.RawData));

    /// <summary>What a responder says that says nothing: one of <see cref="OcspRespStatus"/>.</summary>
    public static byte[] Without(int status) => new OCSPRespGenerator().Generate(status, null).GetEncoded();

    /// <summary>An answer that the authority signs itself.</summary>
    /// <param name="asked">Certificates of that authority.</param>
    /// <param name="revocations">Those that are revoked; what is not among them is good.</param>
    /// <param name="authority">Who issued them, and answers.</param>
    /// <param name="key">Its key.</param>
    /// <param name="now">From then on the answer counts.</param>
    /// <param name="until">And until then.</param>
    public static byte[] Of(
        IReadOnlyList<CertificateID> asked, AuthorityRevocations revocations, X509Certificate2 authority, ECDsa key, DateTimeOffset now, DateTimeOffset until)
    {
        var subject = new X509CertificateParser().ReadCertificate(authority.RawData).SubjectDN;
        var basic = new BasicOcspRespGenerator(new RespID(subject));
        foreach (var id in asked)
        {
            CertificateStatus status = revocations.Find(id.SerialNumber.ToByteArrayUnsigned()) is { } since ? new RevokedStatus(since.UtcDateTime) : CertificateStatus.Good;
            basic.AddResponse(id, status, now.UtcDateTime, until.UtcDateTime, null);
        }

        var response = basic.Generate(new EcdsaWithSha256(key), null, now.UtcDateTime);
        return new OCSPRespGenerator().Generate(OcspRespStatus.Successful, response).GetEncoded();
    }

    // RFC 5280 section 4.1.2.2: positive, at most 20 bytes.
    static bool IsSerial(CertificateID id) => id.SerialNumber.SignValue > 0 && id.SerialNumber.BitLength <= 160;

    // The key may live where it cannot be given to the library.
    [SuppressMessage("Design", "CA1001", Justification = "The library disposes of no factory, and a stream in memory holds nothing that must be.")]
    sealed class EcdsaWithSha256(ECDsa key) : ISignatureFactory, IStreamCalculator<IBlockResult>
    {
        readonly MemoryStream _signed = new();

        public object AlgorithmDetails => new AlgorithmIdentifier(X9ObjectIdentifiers.ECDsaWithSha256);

        public Stream Stream => _signed;

        public IStreamCalculator<IBlockResult> CreateCalculator() => this;

        public IBlockResult GetResult() =>
            new SimpleBlockResult(key.SignData(_signed.ToArray(), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }
}
