using System.Buffers;
using System.Security.Cryptography;

namespace Gateway.Protocols.Journal;

/// <summary>
/// The signature that ends a recording: ECDSA P-256 with SHA-256, IEEE P1363 form, over
/// <c>"gateway.session.seal.1" 00 | chain value before the seal | content of the seal without its last 64 bytes</c> (the signature itself).
/// </summary>
public static class SessionSeal
{
    public const int KeyIdLength = SHA256.HashSizeInBytes;

    public const int SignatureLength = 64;

    static ReadOnlySpan<byte> Domain => "gateway.session.seal.1\0"u8;

    static readonly byte[] s_unsigned = new byte[SignatureLength];

    /// <summary>SHA-256 of the public key as SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).</summary>
    public static byte[] KeyIdOf(ECDsa key) => SHA256.HashData(key.ExportSubjectPublicKeyInfo());

    /// <summary>The seal with its signature; whatever signature it had is ignored.</summary>
    public static SessionSealed Sign(SessionSealed seal, ReadOnlySpan<byte> chainBefore, Func<byte[], byte[]> sign) =>
        seal with { Signature = sign(SignedBytes(seal, chainBefore)) };

    public static SessionSealed Sign(SessionSealed seal, ReadOnlySpan<byte> chainBefore, ECDsa key) =>
        Sign(seal, chainBefore, signed => key.SignData(signed, HashAlgorithmName.SHA256));

    public static bool Verify(SessionSealed seal, ReadOnlySpan<byte> chainBefore, ECDsa key) =>
        key.VerifyData(SignedBytes(seal, chainBefore), seal.Signature.Span, HashAlgorithmName.SHA256);

    /// <summary>The bytes that are signed.</summary>
    public static byte[] SignedBytes(SessionSealed seal, ReadOnlySpan<byte> chainBefore)
    {
        var content = new ArrayBufferWriter<byte>(256);
        SessionEventTable.WriteContent(seal with { Signature = s_unsigned }, content);
        return [.. Domain, .. chainBefore, .. content.WrittenSpan[..^SignatureLength]];
    }
}
