using System.Security.Cryptography;
using System.Text;
using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Registry;

/// <summary>
/// The key that seals what the cluster keeps in its database, the same on every node: AES-256-GCM (NIST SP 800-38D) with a random nonce. Sealed bytes
/// are <c>version (1) | key identifier (8) | nonce (12) | tag (16) | ciphertext</c>; version, key identifier, what it is and its name are bound to it,
/// so that one sealed thing cannot be put in the place of another. The file holds one key per line, newest first: the first seals, each opens what it
/// sealed, so that a new key takes over before everything is sealed anew. Safe for use from several threads.
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

    /// <summary>What a registered secret is called.</summary>
    public const string Secret = "gateway.secret.1";

    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    // Newest first, never empty.
    readonly (byte[] Key, byte[] Id)[] _keys;

    ClusterKey(params IEnumerable<byte[]> keys) =>
        _keys = [.. keys.Select(key => (key, SHA256.HashData([.. "gateway.cluster-key.1\0"u8, .. key])[..IdBytes]))];

    /// <summary>
    /// Loads the keys, each 32 bytes in base 64 on a line of its own; makes one first when the file is absent and <paramref name="create"/> allows that.
    /// Throws <see cref="InvalidDataException"/> naming file, fault and remedy.
    /// </summary>
    public static ClusterKey Load(string file, bool create)
    {
        if (!File.Exists(file))
        {
            if (!create) throw Fault(file, "does not exist", $"make it with: openssl rand -base64 {KeyBytes} > {file}; chmod 600 {file}");
            OwnFiles.Create(file, Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)) + "\n");
        }

        if (ConfiguredFiles.NotSecret(file) is { } problem) throw new InvalidDataException($"The cluster key: {problem.Problem}; {problem.Remedy}.");
        var text = ConfiguredFiles.Text(file, MostFileBytes) ?? throw Fault(file, "is larger than any list of keys", "keep one key per line, newest first");
        var lines = text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).Select(Decoded).ToArray();
        if (lines.Length == 0 || lines.Any(key => key is not { Length: KeyBytes }))
            throw Fault(file, $"is not {KeyBytes} bytes in base 64 per line", $"replace what is none with what this makes: openssl rand -base64 {KeyBytes}");
        return new ClusterKey(lines!);
    }

    /// <summary>The identifiers of the keys, hex, newest first.</summary>
    public IReadOnlyList<string> Ids => [.. _keys.Select(key => Convert.ToHexStringLower(key.Id))];

    /// <summary>The identifier of the key that seals.</summary>
    public ReadOnlyMemory<byte> Newest => _keys[0].Id;

    /// <summary>Whether the key that seals now sealed this.</summary>
    public bool IsNewest(ReadOnlySpan<byte> sealedBytes) =>
        sealedBytes.Length >= HeadBytes && sealedBytes.Slice(1, IdBytes).SequenceEqual(_keys[0].Id);

    /// <summary>The identifier, hex, of the key that sealed what this is or begins; empty for what is too short to say.</summary>
    public static string IdOf(ReadOnlySpan<byte> sealedBytes) =>
        sealedBytes.Length > IdBytes ? Convert.ToHexStringLower(sealedBytes.Slice(1, IdBytes)) : "";

    public static ClusterKey Ephemeral() => new(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>Seals a secret of at most <see cref="MostSecretBytes"/> for the registry.</summary>
    public byte[] Seal(string name, string secret)
    {
        var plain = s_strict.GetBytes(secret);
        var bytes = SealBytes(Secret, name, plain);
        CryptographicOperations.ZeroMemory(plain);
        return bytes;
    }

    /// <summary>The secret; null when it was sealed with another key, under another name, or altered.</summary>
    public string? Open(string name, ReadOnlySpan<byte> sealedBytes)
    {
        var plain = OpenBytes(Secret, name, sealedBytes);
        try
        {
            return plain is null ? null : s_strict.GetString(plain);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Seals bytes. <paramref name="what"/> says what they are, in words that no other use has; <paramref name="name"/> whose.</summary>
    public byte[] SealBytes(string what, string name, ReadOnlySpan<byte> plain)
    {
        var (key, id) = _keys[0];
        var bytes = new byte[HeadBytes + plain.Length];
        bytes[0] = Version;
        id.CopyTo(bytes, 1);
        var nonce = bytes.AsSpan(1 + IdBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(nonce, plain, bytes.AsSpan(HeadBytes), bytes.AsSpan(1 + IdBytes + NonceBytes, TagBytes), Bound(what, name, bytes));
        return bytes;
    }

    /// <summary>The bytes, which the caller clears after use; null when they were sealed with another key, as something else, or altered.</summary>
    public byte[]? OpenBytes(string what, string name, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < HeadBytes || sealedBytes[0] != Version || KeyOf(sealedBytes) is not { } key) return null;
        var plain = new byte[sealedBytes.Length - HeadBytes];
        try
        {
            using var cipher = new AesGcm(key, TagBytes);
            cipher.Decrypt(
                sealedBytes.Slice(1 + IdBytes, NonceBytes), sealedBytes[HeadBytes..], sealedBytes.Slice(1 + IdBytes + NonceBytes, TagBytes), plain,
                Bound(what, name, sealedBytes));
            return plain;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>
    /// Secrets that every node with this key comes to by itself: HKDF-SHA-256 (RFC 5869), one of each key, the newest key's first. They tell nothing of
    /// the key. <paramref name="what"/> says what they are for, in words that no other use has; <paramref name="which"/> which of them.
    /// </summary>
    public IReadOnlyList<byte[]> Derive(string what, ReadOnlySpan<byte> which, int length)
    {
        byte[] info = [.. Encoding.UTF8.GetBytes(what), 0, .. which];
        return [.. _keys.Select(key => HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Key, length, info: info))];
    }

    byte[]? KeyOf(ReadOnlySpan<byte> sealedBytes)
    {
        foreach (var (key, id) in _keys)
        {
            if (sealedBytes.Slice(1, IdBytes).SequenceEqual(id)) return key;
        }

        return null;
    }

    static byte[] Bound(string what, string name, ReadOnlySpan<byte> bytes) =>
        [.. Encoding.UTF8.GetBytes(what), 0, .. bytes[..(1 + IdBytes)], .. Encoding.UTF8.GetBytes(name)];

    static byte[]? Decoded(string text)
    {
        var bytes = new byte[MostFileBytes];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    static InvalidDataException Fault(string file, string what, string remedy) => new($"The cluster key {file} {what}; {remedy}.");
}
