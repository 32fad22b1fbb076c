using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Actors.Tls;
using Gateway.Protocols;

namespace Gateway.Actors.Hosting;

/// <summary>
/// Issues short-lived client certificates to people whose token proved who they are: the name as common name, the groups as organizational
/// units, as <see cref="CertificateIdentity"/> reads them. Of what they ask only the public key is taken. Its files are read for each
/// certificate, so that a new authority counts without a restart. Safe for use from several threads.
/// </summary>
public sealed class ClientCertificateAuthority(CertificateOptions options, TimeProvider time)
{
    /// <summary>Certificates begin before they are issued: clocks differ.</summary>
    static readonly TimeSpan s_backdate = TimeSpan.FromMinutes(1);

    /// <summary>A shorter one would be over before it is used.</summary>
    static readonly TimeSpan s_shortest = TimeSpan.FromMinutes(1);

    public bool IsThere => options.ClientAuthorityFile is not null;

    /// <summary>Whether a connection takes certificates of this authority.</summary>
    public bool IsTrustedBy(ClientTls rules)
    {
        if (rules.ClientCertificate == ClientCertificateRule.None) return false;
        using var authority = Open();
        return rules.ClientAuthorities.Any(trusted => trusted.RawDataMemory.Span.SequenceEqual(authority.RawDataMemory.Span));
    }

    /// <summary>The certificate, without a private key. The caller disposes it.</summary>
    /// <param name="request">PKCS #10, PEM; its signature is verified.</param>
    /// <param name="name">Whom it names.</param>
    /// <param name="groups">Their groups.</param>
    /// <param name="lifetime">What is asked for; it is never longer than configured, and never than the authority's own.</param>
    public Verdict<X509Certificate2> Issue(string request, string name, IReadOnlyList<string> groups, TimeSpan lifetime)
    {
        if (Read(request) is not { } asked) return Refuse("the request is no PKCS #10 request in PEM that is signed with its own key");
        if (!IsStrong(asked.PublicKey)) return Refuse("the key is neither ECDSA on P-256 or P-384 nor RSA with 2048 to 4096 bits");
        using var authority = Open();
        var now = time.GetUtcNow();
        var until = Earliest(now, lifetime, authority);
        if (until - now < s_shortest) return Refuse("it would end within a minute; ask for more, or renew the authority");
        var issued = Sign(authority, Subject(name, groups), asked.PublicKey, now - s_backdate, until);
        // What is read from it later has to be exactly who was asked for.
        var read = CertificateIdentity.Read(issued);
        if (read.IsGranted && read.Value.Name == name && read.Value.Groups.SequenceEqual(groups)) return issued;
        issued.Dispose();
        return Refuse("your name or one of your groups cannot be written into a certificate");
    }

    static Refused Refuse(string problem) => new(Refusal.ClientCertificateMisused, problem);

    static CertificateRequest? Read(string pem)
    {
        try
        {
            return CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    static bool IsStrong(PublicKey key)
    {
        try
        {
            using var elliptic = key.GetECDsaPublicKey();
            if (elliptic is not null)
                return elliptic.ExportParameters(false).Curve.Oid.Value is { } curve
                    && (curve == ECCurve.NamedCurves.nistP256.Oid.Value || curve == ECCurve.NamedCurves.nistP384.Oid.Value);
            using var rsa = key.GetRSAPublicKey();
            return rsa is { KeySize: >= 2048 and <= 4096 };
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    static X500DistinguishedName Subject(string name, IReadOnlyList<string> groups)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        // A name is written with its last part first; the groups are read in the order they have.
        foreach (var group in groups.Reverse()) subject.AddOrganizationalUnitName(group);
        return subject.Build();
    }

    static X509Certificate2 Sign(X509Certificate2 authority, X500DistinguishedName subject, PublicKey key, DateTimeOffset from, DateTimeOffset until)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([Purposes.Client], critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(key, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        using var elliptic = authority.GetECDsaPrivateKey();
        using var rsa = authority.GetRSAPrivateKey();
        var signer = elliptic is not null ? X509SignatureGenerator.CreateForECDsa(elliptic) : X509SignatureGenerator.CreateForRSA(rsa!, RSASignaturePadding.Pkcs1);
        return request.Create(authority.SubjectName, signer, from, until, CertificateMaker.Serial());
    }

    DateTimeOffset Earliest(DateTimeOffset now, TimeSpan lifetime, X509Certificate2 authority)
    {
        var until = now + (lifetime < options.ClientCertificateLifetime ? lifetime : options.ClientCertificateLifetime);
        var end = new DateTimeOffset(authority.NotAfter.ToUniversalTime());
        return until < end ? until : end;
    }

    X509Certificate2 Open() => ConfiguredFiles.WithKey(options.ClientAuthorityFile!, options.ClientAuthorityKeyFile!, out var problem)
        ?? throw new InvalidDataException($"The client authority: {problem!.Value.Problem}; {problem.Value.Remedy}.");
}
