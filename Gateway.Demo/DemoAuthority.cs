using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Demo;

/// <summary>The certificate authority of what surrounds the gateway: broker, camera's receiver, token issuer, and the camera itself. Lives as long as the demo.</summary>
sealed class DemoAuthority : IDisposable
{
    static readonly TimeSpan s_lifetime = TimeSpan.FromDays(7);

    readonly TimeProvider _time;
    readonly X509Certificate2 _authority;

    public DemoAuthority(TimeProvider time)
    {
        _time = time;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Gateway demo surroundings", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _authority = request.CreateSelfSigned(Now.AddMinutes(-5), Now + s_lifetime);
    }

    public string Pem => _authority.ExportCertificatePem() + "\n";

    DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>A certificate for <c>localhost</c>, with its key.</summary>
    public X509Certificate2 Server()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        return Issue("localhost", "1.3.6.1.5.5.7.3.1", names.Build());
    }

    /// <summary>A certificate by which a client proves its name, with its key.</summary>
    public X509Certificate2 Client(string name)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        return Issue(name, "1.3.6.1.5.5.7.3.2", names.Build());
    }

    public void Dispose() => _authority.Dispose();

    X509Certificate2 Issue(string name, string purpose, X509Extension names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_authority, true, false));
        request.CertificateExtensions.Add(names);
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;
        using var signed = request.Create(_authority, Now.AddMinutes(-5), _authority.NotAfter.ToUniversalTime(), serial);
        using var pair = signed.CopyWithPrivateKey(key);
        // Windows' TLS takes no key that lives in memory alone; the round trip costs nothing elsewhere.
        return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
