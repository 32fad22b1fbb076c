using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls;

namespace Gateway.Actors.Certificates;

/// <summary>Makes the certificates of the cluster's own authorities: root, intermediate, leaf. ECDSA P-256. Pure but for randomness.</summary>
public static class CertificateMaker
{
    /// <summary>A root outlives the intermediate it signs, and is replaced together with it long before.</summary>
    public static readonly TimeSpan RootLifetime = TimeSpan.FromDays(3650);

    public static readonly TimeSpan IntermediateLifetime = TimeSpan.FromDays(1825);

    /// <summary>Certificates begin before they are issued: peers' clocks differ.</summary>
    static readonly TimeSpan s_backdate = TimeSpan.FromMinutes(5);

    const X509KeyUsageFlags Signs = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign;

    /// <summary>A root, with its key; the caller disposes of it.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="now">The time.</param>
    /// <param name="pathLength">How many authorities may come between it and a leaf; null: any number.</param>
    public static X509Certificate2 Root(string name, DateTimeOffset now, int? pathLength = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return AuthorityRequest(name, key, pathLength).CreateSelfSigned(now - s_backdate, now + RootLifetime);
    }

    /// <summary>An intermediate of that root, which signs leaves only, with its key; the caller disposes of it.</summary>
    public static X509Certificate2 Intermediate(string name, X509Certificate2 root, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = Intermediate(name, key, root, now);
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>The same for a key that is there already, and stays where it is; the certificate comes without it.</summary>
    internal static X509Certificate2 Intermediate(string name, ECDsa key, X509Certificate2 root, DateTimeOffset now)
    {
        var request = AuthorityRequest(name, key, pathLength: 0);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, true, false));
        return request.Create(root, now - s_backdate, Earlier(now + IntermediateLifetime, root.NotAfter), Serial());
    }

    /// <summary>
    /// A leaf, with its key; the caller disposes of it. One for nodes is good for both roles.
    /// </summary>
    public static X509Certificate2 Leaf(
        IReadOnlyList<string> names, CertificateUse use, TimeSpan lifetime, X509Certificate2 authority, IEnumerable<X509Extension> more, DateTimeOffset now,
        bool forNodes = false)
    {
        using var own = authority.GetECDsaPrivateKey() ?? throw new ArgumentException("The authority has no ECDSA key.", nameof(authority));
        return Leaf(names, use, lifetime, authority, own, more, now, forNodes);
    }

    internal static X509Certificate2 Leaf(
        IReadOnlyList<string> names, CertificateUse use, TimeSpan lifetime, SigningAuthority authority, IEnumerable<X509Extension> more, DateTimeOffset now,
        bool forNodes) =>
        Leaf(names, use, lifetime, authority.Certificate, authority.Key, more, now, forNodes);

    static X509Certificate2 Leaf(
        IReadOnlyList<string> names, CertificateUse use, TimeSpan lifetime, X509Certificate2 authority, ECDsa own, IEnumerable<X509Extension> more,
        DateTimeOffset now, bool forNodes)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        // RFC 5280 appendix A.1: ub-common-name is 64.
        if (names[0].Length <= 64) subject.AddCommonName(names[0]);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            Uses(use, forNodes), critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        request.CertificateExtensions.Add(Names(names));
        foreach (var extension in more) request.CertificateExtensions.Add(extension);
        using var signed = request.Create(
            authority.SubjectName, X509SignatureGenerator.CreateForECDsa(own), now - s_backdate, Earlier(now + lifetime, authority.NotAfter), Serial());
        return signed.CopyWithPrivateKey(key);
    }

    static CertificateRequest AuthorityRequest(string name, ECDsa key, int? pathLength)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, pathLength is not null, pathLength ?? 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(Signs, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    // Nodes prove themselves to each other in both roles, and who can do so is a node: nobody else's certificate can.
    static OidCollection Uses(CertificateUse use, bool forNodes) => use switch
    {
        CertificateUse.Client => [Purposes.Client],
        _ => forNodes ? [Purposes.Server, Purposes.Client] : [Purposes.Server],
    };

    /// <summary>Host names and addresses as alternative names.</summary>
    internal static X509Extension Names(IReadOnlyList<string> names)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address)) alternatives.AddIpAddress(address);
            else alternatives.AddDnsName(name);
        }

        return alternatives.Build();
    }

    static DateTimeOffset Earlier(DateTimeOffset one, DateTime other) => one.UtcDateTime < other.ToUniversalTime() ? one : other.ToUniversalTime();

    /// <summary>A serial number that nothing else has. RFC 5280 section 4.1.2.2: positive, at most 20 bytes.</summary>
    internal static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7F) | 1);
        return serial;
    }
}
