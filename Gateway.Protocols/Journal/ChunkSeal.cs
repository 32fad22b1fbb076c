using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Protocols.Journal;

/// <summary>
/// How a chunk is encrypted: AES-256-GCM (NIST SP 800-38D) under the session's own data key, which encrypts nothing else. The nonce is the chunk's index
/// (4 bytes, little-endian, then 8 zero bytes): each index is encrypted once. Stored is ciphertext, then the tag. Bound to it, so that a chunk opens only where
/// it was recorded, is
/// <c>"gateway.session.chunk.1" | 00 | session identifier | index u32 | started u64 | to-upstream offset u64 | to-client offset u64 | compression u8 | plain length u32</c>,
/// numbers little-endian.
/// </summary>
public static class ChunkSeal
{
    public const int KeyLength = 32;
    public const int TagLength = 16;

    const int NonceLength = 12;
    const int Numbers = 4 + 8 + 8 + 8 + 1 + 4;

    // An identifier is about fifty bytes.
    const int ShortIdentifier = 256;

    static ReadOnlySpan<byte> Label => "gateway.session.chunk.1\0"u8;

    /// <summary>Encrypts <paramref name="payload"/> into <paramref name="stored"/>, which is longer by the tag. The chunk's own payload is not looked at.</summary>
    public static void Seal(ReadOnlySpan<byte> key, string sessionId, TrafficRecorded chunk, ReadOnlySpan<byte> payload, Span<byte> stored)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        Nonce(chunk, nonce);
        Span<byte> bound = stackalloc byte[BoundLength(sessionId)];
        Bind(sessionId, chunk, bound);
        using var cipher = new AesGcm(key, TagLength);
        cipher.Encrypt(nonce, payload, stored[..payload.Length], stored.Slice(payload.Length, TagLength), bound);
    }

    /// <summary>Decrypts the chunk's payload into <paramref name="payload"/>, which is shorter by the tag. False: another key, another place, or altered.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> key, string sessionId, TrafficRecorded chunk, Span<byte> payload)
    {
        var stored = chunk.Payload.Span;
        if (stored.Length - TagLength != payload.Length) return false;
        Span<byte> nonce = stackalloc byte[NonceLength];
        Nonce(chunk, nonce);
        Span<byte> bound = stackalloc byte[BoundLength(sessionId)];
        Bind(sessionId, chunk, bound);
        try
        {
            using var cipher = new AesGcm(key, TagLength);
            cipher.Decrypt(nonce, stored[..^TagLength], stored[^TagLength..], payload, bound);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    static void Nonce(TrafficRecorded chunk, Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(nonce, chunk.Index);
    }

    static int BoundLength(string sessionId)
    {
        var length = Encoding.UTF8.GetByteCount(sessionId);
        return length <= ShortIdentifier
            ? Label.Length + length + Numbers
            : throw new ArgumentException($"A session's identifier has at most {ShortIdentifier} bytes.", nameof(sessionId));
    }

    static void Bind(string sessionId, TrafficRecorded chunk, Span<byte> bound)
    {
        Label.CopyTo(bound);
        var at = Label.Length + Encoding.UTF8.GetBytes(sessionId, bound[Label.Length..]);
        BinaryPrimitives.WriteUInt32LittleEndian(bound[at..], chunk.Index);
        BinaryPrimitives.WriteInt64LittleEndian(bound[(at + 4)..], chunk.StartedAt);
        BinaryPrimitives.WriteInt64LittleEndian(bound[(at + 12)..], chunk.ToUpstreamOffset);
        BinaryPrimitives.WriteInt64LittleEndian(bound[(at + 20)..], chunk.ToClientOffset);
        bound[at + 28] = (byte)chunk.Compression;
        BinaryPrimitives.WriteInt32LittleEndian(bound[(at + 29)..], chunk.PlainLength);
    }
}
