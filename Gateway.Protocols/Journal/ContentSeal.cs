using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Protocols.Journal;

/// <summary>
/// How what a recording holds is encrypted: AES-256-GCM (NIST SP 800-38D) under the session's own data key, which encrypts nothing else. Stored is ciphertext,
/// then the tag. The nonce is the event's index among its kind (4 bytes, little-endian), the kind (0 traffic, 1 operations), then 7 zero bytes: each is
/// encrypted once. Bound to it, so that it opens only where it was recorded, is
/// <c>label | 00 | session identifier | index u32 | started u64 | to-upstream u64 | to-client u64 | compression u8 | plain length u32</c>, numbers little-endian,
/// where the label is that of the kind: <c>gateway.session.chunk.1</c> or <c>gateway.session.operations.1</c>.
/// </summary>
public static class ContentSeal
{
    public const int KeyLength = 32;
    public const int TagLength = 16;

    const int NonceLength = 12;
    const int Numbers = 4 + 8 + 8 + 8 + 1 + 4;

    // An identifier is about fifty bytes.
    const int ShortIdentifier = 256;

    /// <summary>Encrypts <paramref name="payload"/> into <paramref name="stored"/>, which is longer by the tag and may be the same memory.</summary>
    public static void Seal(ReadOnlySpan<byte> key, in SealedPlace place, ReadOnlySpan<byte> payload, Span<byte> stored)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        Nonce(place, nonce);
        Span<byte> bound = stackalloc byte[BoundLength(place)];
        Bind(place, bound);
        using var cipher = new AesGcm(key, TagLength);
        cipher.Encrypt(nonce, payload, stored[..payload.Length], stored.Slice(payload.Length, TagLength), bound);
    }

    /// <summary>Decrypts into <paramref name="payload"/>, which is shorter by the tag. False: another key, another place, or altered.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> key, in SealedPlace place, ReadOnlySpan<byte> stored, Span<byte> payload)
    {
        if (stored.Length - TagLength != payload.Length) return false;
        Span<byte> nonce = stackalloc byte[NonceLength];
        Nonce(place, nonce);
        Span<byte> bound = stackalloc byte[BoundLength(place)];
        Bind(place, bound);
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

    static ReadOnlySpan<byte> Label(SealedKind kind) =>
        kind == SealedKind.Traffic ? "gateway.session.chunk.1\0"u8 : "gateway.session.operations.1\0"u8;

    static void Nonce(in SealedPlace place, Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(nonce, place.Index);
        nonce[sizeof(uint)] = (byte)place.Kind;
    }

    static int BoundLength(in SealedPlace place)
    {
        var length = Encoding.UTF8.GetByteCount(place.SessionId);
        return length <= ShortIdentifier
            ? Label(place.Kind).Length + length + Numbers
            : throw new ArgumentException($"A session's identifier has at most {ShortIdentifier} bytes.", nameof(place));
    }

    static void Bind(in SealedPlace place, Span<byte> bound)
    {
        var label = Label(place.Kind);
        label.CopyTo(bound);
        var at = label.Length + Encoding.UTF8.GetBytes(place.SessionId, bound[label.Length..]);
        BinaryPrimitives.WriteUInt32LittleEndian(bound[at..], place.Index);
        BinaryPrimitives.WriteInt64LittleEndian(bound[(at + 4)..], place.StartedAt);
        BinaryPrimitives.WriteInt64LittleEndian(bound[(at + 12)..], place.ToUpstream);
        BinaryPrimitives.WriteInt64LittleEndian(bound[(at + 20)..], place.ToClient);
        bound[at + 28] = (byte)place.Compression;
        BinaryPrimitives.WriteInt32LittleEndian(bound[(at + 29)..], place.PlainLength);
    }
}

/// <summary>What is encrypted. The numbers are part of the nonce.</summary>
public enum SealedKind : byte
{
    Traffic = 0,
    Operations = 1,
}

/// <summary>Where in which recording something lies, and what it is to be restored to.</summary>
/// <param name="SessionId">The recording.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Index">Its number among its kind.</param>
/// <param name="StartedAt">Microseconds since the Unix epoch.</param>
/// <param name="ToUpstream">Of traffic the bytes before it, of operations the bytes they took.</param>
/// <param name="ToClient">The same in the other direction.</param>
/// <param name="Compression">Of the plain bytes.</param>
/// <param name="PlainLength">Bytes before compression.</param>
public readonly record struct SealedPlace(
    string SessionId, SealedKind Kind, uint Index, long StartedAt, long ToUpstream, long ToClient, Compression Compression, int PlainLength)
{
    public static SealedPlace Of(string sessionId, TrafficRecorded chunk) => new(
        sessionId, SealedKind.Traffic, chunk.Index, chunk.StartedAt, chunk.ToUpstreamOffset, chunk.ToClientOffset, chunk.Compression, chunk.PlainLength);

    public static SealedPlace Of(string sessionId, OperationsEncrypted e) => new(
        sessionId, SealedKind.Operations, e.Index, e.StartedAt, e.ToUpstreamBytes, e.ToClientBytes, e.Compression, e.PlainLength);
}
