using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;

namespace Gateway.Actors.Certificates;

/// <summary>
/// A certificate authority in a node's data directory, for a node without certificates of its own: <c>ca.crt</c>, which people give their
/// clients to trust, and <c>ca.key</c>, readable by its owner alone. ECDSA P-256.
/// </summary>
sealed class InternalAuthority : IDisposable
{
    const string CertificateName = "ca.crt";
    const string KeyName = "ca.key";

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
    public X509Certificate2 Issue(IReadOnlyList<string> names, TimeSpan lifetime) =>
        CertificateMaker.Leaf(names, CertificateUse.Server, lifetime, _authority, [], _time.GetUtcNow(), forNodes: true);

    public void Dispose() => _authority.Dispose();

    static void Make(string certificate, string keyFile, DateTimeOffset now)
    {
        // It signs leaves only.
        using var authority = CertificateMaker.Root("Gateway internal authority", now, pathLength: 0);
        using var key = authority.GetECDsaPrivateKey()!;
        // The key first: a crash in between leaves a key without certificate, which is told, not one that nobody can use.
        SecretFiles.Write(keyFile, key.ExportPkcs8PrivateKeyPem() + "\n");
        File.WriteAllText(certificate, authority.ExportCertificatePem() + "\n");
    }
}
