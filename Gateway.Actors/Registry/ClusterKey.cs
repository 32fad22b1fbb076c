using System.Security.Cryptography;
using System.Text;
using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Registry;

/// <summary>
/// The key that seals the registry's secrets, the same on every node: AES-256-GCM (NIST SP 800-38D) with a random nonce. Sealed bytes are
/// <c>version (1) | key identifier (8) | nonce (12) | tag (16) | ciphertext</c>; version, key identifier and the secret's name are bound to it, so
/// that one secret cannot be put in the place of another. Safe for use from several threads.
/// </summary>
public sealed class ClusterKey
{
    const byte Version = 1;
    const int KeyBytes = 32;
    const int IdBytes = 8;
    const int NonceBytes = 12;
    const int TagBytes = 16;
    const int HeadBytes = 1 + IdBytes + NonceBytes + TagBytes;

    /// <summary>UTF-8 bytes of a secret. Origin: the longest password of any protocol here.</summary>
    public const int MostSecretBytes = EventLimits.SealedSecret - 64;

    // A key is 44 characters; a larger file is something else.
    const int MostFileBytes = 4096;

    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    readonly byte[] _key;
    readonly byte[] _id;

    ClusterKey(byte[] key)
    {
        _key = key;
        _id = SHA256.HashData([.. "gateway.cluster-key.1\0"u8, .. key])[..IdBytes];
    }

    /// <summary>
    /// Loads the key, 32 bytes in base 64; makes it first when the file is absent and <paramref name="create"/> allows that. Throws
    /// <see cref="InvalidDataException"/> naming file, fault and remedy.
    /// </summary>
    public static ClusterKey Load(string file, bool create)
    {
        if (!File.Exists(file))
        {
            if (!create) throw Fault(file, "does not exist", $"make it with: openssl rand -base64 {KeyBytes} > {file}; chmod 600 {file}");
            OwnFiles.Create(file, Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)) + "\n");
        }

        if (ConfiguredFiles.NotSecret(file) is { } problem) throw new InvalidDataException($"The cluster key: {problem.Problem}; {problem.Remedy}.");
        if (new FileInfo(file).Length > MostFileBytes || Decoded(File.ReadAllText(file).Trim()) is not { Length: KeyBytes } key)
            throw Fault(file, $"is not {KeyBytes} bytes in base 64", $"replace it with what this makes: openssl rand -base64 {KeyBytes}");
        return new ClusterKey(key);
    }

    public static ClusterKey Ephemeral() => new(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>Seals a secret of at most <see cref="MostSecretBytes"/> for the registry.</summary>
    public byte[] Seal(string name, string secret)
    {
        var plain = s_strict.GetBytes(secret);
        var bytes = new byte[HeadBytes + plain.Length];
        bytes[0] = Version;
        _id.CopyTo(bytes, 1);
        var nonce = bytes.AsSpan(1 + IdBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(nonce, plain, bytes.AsSpan(HeadBytes), bytes.AsSpan(1 + IdBytes + NonceBytes, TagBytes), Bound(name, bytes));
        CryptographicOperations.ZeroMemory(plain);
        return bytes;
    }

    /// <summary>The secret; null when it was sealed with another key, under another name, or altered.</summary>
    public string? Open(string name, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < HeadBytes || sealedBytes[0] != Version || !sealedBytes.Slice(1, IdBytes).SequenceEqual(_id)) return null;
        var plain = new byte[sealedBytes.Length - HeadBytes];
        try
        {
            using var cipher = new AesGcm(_key, TagBytes);
            cipher.Decrypt(
                sealedBytes.Slice(1 + IdBytes, NonceBytes), sealedBytes[HeadBytes..], sealedBytes.Slice(1 + IdBytes + NonceBytes, TagBytes), plain,
                Bound(name, sealedBytes));
            return s_strict.GetString(plain);
        }
        catch (Exception e) when (e is CryptographicException or DecoderFallbackException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    static byte[] Bound(string name, ReadOnlySpan<byte> bytes) => [.. "gateway.secret.1\0"u8, .. bytes[..(1 + IdBytes)], .. Encoding.UTF8.GetBytes(name)];

    static byte[]? Decoded(string text)
    {
        var bytes = new byte[MostFileBytes];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    static InvalidDataException Fault(string file, string what, string remedy) => new($"The cluster key {file} {what}; {remedy}.");
}
