using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Protocols.Masking;

/// <summary>
/// What tokens and encrypted fields are made with. From one secret text keys are derived (HKDF-SHA-256, RFC 5869), so that none says anything of
/// another.
/// <list type="bullet">
/// <item>A token is <c>tok_</c> and the base64url of 16 bytes: the first 12 of HMAC-SHA-256 over the text, and the first 4 of HMAC-SHA-256 over those.
/// The same text gives the same token wherever the same secret is used, nobody without it can try texts, and a token can be told from a text.</item>
/// <item>An encrypted field is <c>enc.1.KEY.DATA</c>: the first 8 hexadecimal digits of the secret's name, and the base64url of
/// <c>nonce(24) ciphertext tag(16)</c>. AES-256-GCM under the key HMAC-SHA-256(encryption key, first 12 bytes of the nonce), with the last 12 as its
/// nonce and <c>enc.1.KEY</c> as associated data. Nonces are random; 24 bytes keep them apart for longer than anybody encrypts.</item>
/// </list>
/// </summary>
public sealed class MaskingKey
{
    /// <summary>Characters of the secret. Origin: 32 random bytes are 43 characters of base64 and 64 of hex; what is shorter is a password.</summary>
    public const int LeastCharacters = 32;

    const int TokenBytes = 16;
    const int NamedBytes = 12;
    const int TokenLength = 4 + 22;
    const int NonceBytes = 24;
    const int TagBytes = 16;
    const int KeyBytes = 32;

    readonly byte[] _tokens;
    readonly byte[] _checks;
    readonly byte[] _fields;
    readonly byte[] _start;

    MaskingKey(byte[] secret)
    {
        _tokens = Derived(secret, "gateway masking: tokens");
        _checks = Derived(secret, "gateway masking: checks of tokens");
        _fields = Derived(secret, "gateway masking: fields");
        Id = Convert.ToHexStringLower(Derived(secret, "gateway masking: name").AsSpan(0, 4));
        _start = Encoding.ASCII.GetBytes($"enc.1.{Id}");
    }

    /// <summary>Which key it is, without saying anything of it.</summary>
    public string Id { get; }

    /// <summary>Null where the secret is shorter than <see cref="LeastCharacters"/>.</summary>
    public static MaskingKey? Of(string secret) => secret.Length < LeastCharacters ? null : new(Encoding.UTF8.GetBytes(secret));

    /// <summary>Never prints the key.</summary>
    public override string ToString() => $"MaskingKey {{ Id = {Id} }}";

    /// <summary>What stands for a text wherever this key makes tokens.</summary>
    public string Token(ReadOnlySpan<byte> text)
    {
        var target = new PooledWriter();
        WriteToken(text, target);
        var token = Encoding.ASCII.GetString(target.Span);
        target.LetGo();
        return token;
    }

    internal void WriteToken(ReadOnlySpan<byte> text, PooledWriter target)
    {
        Span<byte> token = stackalloc byte[TokenBytes + HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_tokens, text, token);
        HMACSHA256.HashData(_checks, token[..NamedBytes], token[NamedBytes..]);
        target.Write("tok_"u8);
        WriteBase64(token[..TokenBytes], target);
    }

    /// <summary>
    /// The same in a UUID of version 8 (RFC 9562 section 5.8): the first 12 bytes of the hash but for the 6 bits that say what it is, and the first 4 of the
    /// hash over those.
    /// </summary>
    internal void MakeUuidToken(ReadOnlySpan<byte> uuid, Span<byte> token)
    {
        HMACSHA256.HashData(_tokens, uuid).AsSpan(0, NamedBytes).CopyTo(token);
        token[6] = (byte)(token[6] & 0x0F | 0x80);
        token[8] = (byte)(token[8] & 0x3F | 0x80);
        HMACSHA256.HashData(_checks, token[..NamedBytes]).AsSpan(0, TokenBytes - NamedBytes).CopyTo(token[NamedBytes..]);
    }

    /// <summary>Whether it is one that this key made.</summary>
    internal bool IsUuidToken(ReadOnlySpan<byte> uuid) =>
        uuid[6] >> 4 == 8 && HMACSHA256.HashData(_checks, uuid[..NamedBytes]).AsSpan().StartsWith(uuid[NamedBytes..TokenBytes]);

    /// <summary>
    /// Whether the text is a token or an encrypted field of this key. A message that passes rules twice, on its way to the upstream and from there
    /// to a client, is masked once.
    /// </summary>
    internal bool IsMasked(ReadOnlySpan<byte> text)
    {
        if (text.Length == TokenLength && text.StartsWith("tok_"u8))
        {
            Span<byte> token = stackalloc byte[TokenBytes];
            if (!Base64Url.TryDecodeFromUtf8(text[4..], token, out var length) || length != TokenBytes) return false;
            return HMACSHA256.HashData(_checks, token[..NamedBytes]).AsSpan().StartsWith(token[NamedBytes..]);
        }

        return text.StartsWith(_start) && Decrypt(Encoding.UTF8.GetString(text)) is not null;
    }

    internal void WriteEncrypted(ReadOnlySpan<byte> text, PooledWriter target)
    {
        var length = NonceBytes + text.Length + TagBytes;
        var data = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var nonce = data.AsSpan(0, NonceBytes);
            RandomNumberGenerator.Fill(nonce);
            using var cipher = new AesGcm(KeyOf(nonce), TagBytes);
            cipher.Encrypt(nonce[12..], text, data.AsSpan(NonceBytes, text.Length), data.AsSpan(NonceBytes + text.Length, TagBytes), _start);
            target.Write(_start);
            target.Write("."u8);
            WriteBase64(data.AsSpan(0, length), target);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(data);
        }
    }

    /// <summary>What an encrypted field holds; null where it is none of this key's, or was changed.</summary>
    public byte[]? Decrypt(string field)
    {
        var start = $"enc.1.{Id}.";
        if (!field.StartsWith(start, StringComparison.Ordinal)) return null;
        try
        {
            var data = Base64Url.DecodeFromChars(field.AsSpan(start.Length));
            if (data.Length < NonceBytes + TagBytes) return null;
            var text = new byte[data.Length - NonceBytes - TagBytes];
            using var cipher = new AesGcm(KeyOf(data.AsSpan(0, NonceBytes)), TagBytes);
            cipher.Decrypt(data.AsSpan(12, 12), data.AsSpan(NonceBytes, text.Length), data.AsSpan(^TagBytes), text, _start);
            return text;
        }
        catch (Exception fault) when (fault is FormatException or CryptographicException)
        {
            return null;
        }
    }

    byte[] KeyOf(ReadOnlySpan<byte> nonce) => HMACSHA256.HashData(_fields, nonce[..12]);

    static void WriteBase64(ReadOnlySpan<byte> bytes, PooledWriter target)
    {
        var length = Base64Url.GetEncodedLength(bytes.Length);
        Base64Url.EncodeToUtf8(bytes, target.GetSpan(length));
        target.Advance(length);
    }

    static byte[] Derived(byte[] secret, string use) => HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, KeyBytes, info: Encoding.ASCII.GetBytes(use));
}
