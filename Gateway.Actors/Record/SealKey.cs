using System.Security.Cryptography;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Record;

/// <summary>The key that seals recordings: ECDSA P-256, a PEM file, the same on every node of a cluster. Safe for use from several threads.</summary>
public sealed class SealKey : IDisposable
{
    const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    readonly ECDsa _key;
    readonly Lock _lock = new();

    SealKey(ECDsa key)
    {
        _key = key;
        Id = SessionSeal.KeyIdOf(key);
        PublicPem = key.ExportSubjectPublicKeyInfoPem();
    }

    /// <summary>SHA-256 of the public key as SubjectPublicKeyInfo, 32 bytes.</summary>
    public ReadOnlyMemory<byte> Id { get; }

    /// <summary>What a verifier needs.</summary>
    public string PublicPem { get; }

    /// <summary>
    /// Loads the private key; makes it first when the file is absent and <paramref name="create"/> allows that. A made file is readable by its owner
    /// alone and written whole before it has its name. Throws <see cref="InvalidDataException"/> naming file, fault and remedy.
    /// </summary>
    public static SealKey Load(string file, bool create)
    {
        if (!File.Exists(file))
        {
            if (!create)
                throw Fault(file, "does not exist", $"make it with: openssl ecparam -name prime256v1 -genkey -noout -out {file}");
            Create(file);
        }
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & Others) != 0)
            throw Fault(file, "is open to others than its owner", $"run: chmod 600 {file}");
        return Import(file);
    }

    /// <summary>A key that lives in memory alone.</summary>
    public static SealKey Ephemeral() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public byte[] Sign(byte[] data)
    {
        lock (_lock)
            return _key.SignData(data, HashAlgorithmName.SHA256);
    }

    public void Dispose() => _key.Dispose();

    static SealKey Import(string file)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(file));
            // A public key has no private part to sign with; found out now rather than at the first seal.
            _ = key.SignData([], HashAlgorithmName.SHA256);
            if (key.ExportParameters(false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value)
                return new SealKey(key);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw Fault(file, "is no ECDSA private key in PEM", "replace it with an ECDSA P-256 key", e);
        }
        key.Dispose();
        throw Fault(file, "is on another curve than P-256", "replace it with an ECDSA P-256 key");
    }

    static InvalidDataException Fault(string file, string what, string remedy, Exception? cause = null) =>
        new($"The seal key {file} {what}; {remedy}.", cause);

    static void Create(string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        OwnFiles.Create(file, key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
