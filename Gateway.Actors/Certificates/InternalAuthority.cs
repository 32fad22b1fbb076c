using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Hosting;
using Gateway.Actors.Tls;

namespace Gateway.Actors.Certificates;

/// <summary>
/// A certificate authority in a node's data directory, for a node without certificates of its own: <c>ca.crt</c>, which people give their
/// clients to trust, and <c>ca.key</c>, readable by its owner alone. ECDSA P-256.
/// </summary>
sealed class InternalAuthority : IDisposable
{
    const string CertificateName = "ca.crt";
    const string KeyName = "ca.key";

    static readonly TimeSpan s_lifetime = TimeSpan.FromDays(3650);

    /// <summary>Certificates begin before they are issued: clients' clocks differ.</summary>
    static readonly TimeSpan s_backdate = TimeSpan.FromMinutes(5);

    readonly X509Certificate2 _authority;
    readonly TimeProvider _time;

    InternalAuthority(X509Certificate2 authority, TimeProvider time) => (_authority, _time) = (authority, time);

    /// <summary>The authority without its key.</summary>
    public X509Certificate2Collection Trust => [X509CertificateLoader.LoadCertificate(_authority.RawData)];

    /// <summary>
    /// Opens the authority of the directory, or makes one. Throws <see cref="InvalidDataException"/> naming file, fault and remedy.
    /// </summary>
    public static InternalAuthority Open(string directory, TimeProvider time)
    {
        var (certificate, key) = (Path.Combine(directory, CertificateName), Path.Combine(directory, KeyName));
        if (!File.Exists(certificate) && !File.Exists(key)) Make(certificate, key, time.GetUtcNow());
        var authority = ConfiguredFiles.WithKey(certificate, key, out var problem);
        if (authority is null) throw new InvalidDataException($"The internal authority: {problem!.Value.Problem}; {problem.Value.Remedy}.");
        if (authority.NotAfter.ToUniversalTime() > time.GetUtcNow().UtcDateTime) return new InternalAuthority(authority, time);
        authority.Dispose();
        throw new InvalidDataException(
            $"The internal authority: {certificate} has expired; move it and {key} away, and give clients the new one.");
    }

    /// <summary>A certificate for a server and client of these names, with its private key.</summary>
    public X509Certificate2 Issue(IReadOnlyList<string> names, TimeSpan lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([Purposes.Server, Purposes.Client], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_authority, true, false));
        request.CertificateExtensions.Add(Names(names));
        var now = _time.GetUtcNow();
        using var signed = request.Create(_authority, now - s_backdate, Earlier(now + lifetime, _authority.NotAfter), Serial());
        return signed.CopyWithPrivateKey(key);
    }

    public void Dispose() => _authority.Dispose();

    static void Make(string certificate, string keyFile, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Gateway internal authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        const X509KeyUsageFlags Usage = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign;
        request.CertificateExtensions.Add(new X509KeyUsageExtension(Usage, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var authority = request.CreateSelfSigned(now - s_backdate, now + s_lifetime);
        // The key first: a crash in between leaves a key without certificate, which is told, not one that nobody can use.
        SecretFiles.Write(keyFile, key.ExportPkcs8PrivateKeyPem() + "\n");
        File.WriteAllText(certificate, authority.ExportCertificatePem() + "\n");
    }

    static X509Extension Names(IReadOnlyList<string> names)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address)) alternatives.AddIpAddress(address);
            else alternatives.AddDnsName(name);
        }

        return alternatives.Build();
    }

    static DateTimeOffset Earlier(DateTimeOffset one, DateTime other) =>
        one.UtcDateTime < other.ToUniversalTime() ? one : other.ToUniversalTime();

    // RFC 5280 section 4.1.2.2: positive, at most 20 bytes.
    static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7F) | 1);
        return serial;
    }
}
