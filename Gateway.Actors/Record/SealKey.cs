using System.Security.Cryptography;
using Gateway.Actors.Hosting;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Record;

/// <summary>The key that seals recordings: ECDSA P-256, a PEM file, the same on every node of a cluster. Safe for use from several threads.</summary>
public sealed class SealKey : IDisposable
{
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
    /// Loads the private key; makes it first when the file is absent and <paramref name="create"/> allows that. Throws
    /// <see cref="InvalidDataException"/> naming file, fault and remedy.
    /// </summary>
    public static SealKey Load(string file, bool create) => new(EcdsaKeyFile.Load("seal key", file, create));

    /// <summary>A key that lives in memory alone.</summary>
    public static SealKey Ephemeral() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public byte[] Sign(byte[] data)
    {
        lock (_lock)
            return _key.SignData(data, HashAlgorithmName.SHA256);
    }

    public void Dispose() => _key.Dispose();
}
