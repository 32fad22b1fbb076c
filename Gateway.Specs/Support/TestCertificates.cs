using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Specs.Support;

/// <summary>
/// A certificate authority in memory (ECDSA P-256) that issues whatever a spec needs, sound or faulty. Every issued certificate carries its private
/// key and can be given to <see cref="System.Net.Security.SslStream"/> as it is.
/// </summary>
public sealed class TestCertificates : IDisposable
{
    readonly List<X509Certificate2> _issued = [];
    readonly List<TestCertificates> _intermediates = [];
    readonly TimeProvider _time;

    public TestCertificates(string name = "Test CA", TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Authority = AuthorityRequest(name, key).CreateSelfSigned(Now.AddYears(-2), Now.AddYears(2));
    }

    TestCertificates(X509Certificate2 authority, TimeProvider time) => (Authority, _time) = (authority, time);

    /// <summary>The authority's own certificate, with its private key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>What a verifier trusts: the authority's certificate without its key.</summary>
    public X509Certificate2Collection Authorities => [X509CertificateLoader.LoadCertificate(Authority.RawData)];

    DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>A certificate for a server of these DNS names and IP addresses; <c>localhost</c> and <c>127.0.0.1</c> when none are given.</summary>
    public X509Certificate2 Server(params string[] names) => Issue(Named(names));

    /// <summary>A certificate for a client, named by its CN, with these organizational units.</summary>
    public X509Certificate2 Client(string commonName, params string[] units) => Issue(new TestCertificate { CommonName = commonName, Units = units });

    /// <summary>A server's certificate that expired yesterday.</summary>
    public X509Certificate2 Expired(params string[] names) => Issue(Named(names) with { NotBefore = Now.AddDays(-30), NotAfter = Now.AddDays(-1) });

    /// <summary>A server's certificate that will be valid from tomorrow on.</summary>
    public X509Certificate2 NotYetValid(params string[] names) => Issue(Named(names) with { NotBefore = Now.AddDays(1), NotAfter = Now.AddDays(30) });

    /// <summary>A certificate with a server's names that may be used by clients only.</summary>
    public X509Certificate2 ForClientsOnly(params string[] names) => Issue(Named(names) with { ForServers = false });

    /// <summary>A certificate that may be used by servers only.</summary>
    public X509Certificate2 ForServersOnly(string commonName) => Issue(new TestCertificate { CommonName = commonName, ForClients = false });

    /// <summary>An authority that this one vouches for. Its issued certificates need <see cref="Authority"/> of it sent along.</summary>
    public TestCertificates Intermediate(string name = "Test Intermediate CA")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = AuthorityRequest(name, key).Create(Authority, Now.AddYears(-1), Now.AddYears(1), RandomNumberGenerator.GetBytes(16));
        var intermediate = new TestCertificates(signed.CopyWithPrivateKey(key), _time);
        _intermediates.Add(intermediate);
        return intermediate;
    }

    public X509Certificate2 Issue(TestCertificate asked)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(asked, key);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Authority, true, false));
        // By the key alone, so that a certificate may outlive its authority.
        using var authorityKey = Authority.GetECDsaPrivateKey()!;
        var signature = X509SignatureGenerator.CreateForECDsa(authorityKey);
        using var signed = request.Create(Authority.SubjectName, signature, From(asked), Until(asked), RandomNumberGenerator.GetBytes(16));
        return Keep(signed.CopyWithPrivateKey(key));
    }

    /// <summary>The same content, signed by its own key: no authority stands behind it.</summary>
    public X509Certificate2 SelfSigned(params string[] names) => SelfSigned(Named(names));

    public X509Certificate2 SelfSigned(TestCertificate asked)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Keep(Request(asked, key).CreateSelfSigned(From(asked), Until(asked)));
    }

    /// <summary>Writes the authority's certificate to <paramref name="path"/> as PEM, and returns the path.</summary>
    public string WriteAuthority(string path)
    {
        File.WriteAllText(path, Authority.ExportCertificatePem());
        return path;
    }

    /// <summary>Writes <c>name.crt</c> and <c>name.key</c> (readable by the owner only) into a directory as PEM, and returns both paths.</summary>
    public static (string Certificate, string Key) Write(X509Certificate2 certificate, string directory, string name)
    {
        var paths = (Certificate: Path.Combine(directory, $"{name}.crt"), Key: Path.Combine(directory, $"{name}.key"));
        File.WriteAllText(paths.Certificate, certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey() ?? throw new InvalidOperationException("The certificate has no ECDSA private key.");
        File.WriteAllText(paths.Key, key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(paths.Key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return paths;
    }

    public void Dispose()
    {
        foreach (var certificate in _issued) certificate.Dispose();
        foreach (var intermediate in _intermediates) intermediate.Dispose();
        Authority.Dispose();
    }

    static TestCertificate Named(string[] names) => new() { Names = names.Length == 0 ? ["localhost", "127.0.0.1"] : names };

    static CertificateRequest AuthorityRequest(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }

    static CertificateRequest Request(TestCertificate asked, ECDsa key)
    {
        var subject = new X500DistinguishedNameBuilder();
        foreach (var unit in asked.Units) subject.AddOrganizationalUnitName(unit);
        if ((asked.CommonName ?? (asked.Names.Count > 0 ? asked.Names[0] : null)) is { } name) subject.AddCommonName(name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var purposes = new OidCollection();
        if (asked.ForServers) purposes.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        if (asked.ForClients) purposes.Add(new Oid("1.3.6.1.5.5.7.3.2"));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purposes, false));
        if (asked.HasAlternativeNames) request.CertificateExtensions.Add(AlternativeNames(asked));
        return request;
    }

    static X509Extension AlternativeNames(TestCertificate asked)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var uri in asked.Uris) names.AddUri(new Uri(uri));
        foreach (var email in asked.Emails) names.AddEmailAddress(email);
        foreach (var name in asked.Names)
        {
            if (IPAddress.TryParse(name, out var address)) names.AddIpAddress(address);
            else names.AddDnsName(name);
        }

        return names.Build();
    }

    DateTimeOffset From(TestCertificate asked) => asked.NotBefore ?? Now.AddHours(-1);

    DateTimeOffset Until(TestCertificate asked) => asked.NotAfter ?? Now.AddDays(7);

    X509Certificate2 Keep(X509Certificate2 certificate)
    {
        _issued.Add(certificate);
        return certificate;
    }
}

/// <summary>What a certificate is to say.</summary>
public sealed record TestCertificate
{
    /// <summary>Null: the first of <see cref="Names"/>, if any.</summary>
    public string? CommonName { get; init; }

    public IReadOnlyList<string> Units { get; init; } = [];

    /// <summary>Subject alternative names: DNS names and IP addresses.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public IReadOnlyList<string> Uris { get; init; } = [];

    public IReadOnlyList<string> Emails { get; init; } = [];

    public bool ForServers { get; init; } = true;

    public bool ForClients { get; init; } = true;

    /// <summary>Null: an hour ago.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Null: in a week.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    public bool HasAlternativeNames => Names.Count + Uris.Count + Emails.Count > 0;
}
