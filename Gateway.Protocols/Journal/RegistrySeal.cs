using System.Security.Cryptography;
using System.Text;

namespace Gateway.Protocols.Journal;

/// <summary>
/// What stands behind an event's content in the registry: who signed it, the signature, and the chain value. The chain is that of
/// <see cref="SessionChain"/>, started with <see cref="PersistenceId"/> and carried over content, key identifier and signature, so that the
/// signature of any event proves all before it. The signature is ECDSA P-256 with SHA-256, IEEE P1363 form, over
/// <c>"gateway.registry.act.1" 00 | chain value before | manifest length byte | manifest | content | key identifier</c>.
/// </summary>
public static class RegistrySeal
{
    public const string PersistenceId = "registry";

    const int TrailerLength = SessionSeal.KeyIdLength + SessionSeal.SignatureLength + SessionChain.Length;

    static ReadOnlySpan<byte> Domain => "gateway.registry.act.1\0"u8;

    public static byte[] Start() => SessionChain.Start(PersistenceId);

    /// <summary>The content of a stored event. Throws <see cref="JournalFormatException"/> when it is too short to have one.</summary>
    public static ReadOnlySpan<byte> ContentOf(ReadOnlySpan<byte> stored) => stored.Length > TrailerLength
        ? stored[..^TrailerLength]
        : throw new JournalFormatException(0, $"{stored.Length} bytes are too few for an event of the registry");

    public static ReadOnlySpan<byte> KeyIdOf(ReadOnlySpan<byte> stored) => stored[^TrailerLength..][..SessionSeal.KeyIdLength];

    public static ReadOnlySpan<byte> SignatureOf(ReadOnlySpan<byte> stored) =>
        stored[^(SessionSeal.SignatureLength + SessionChain.Length)..][..SessionSeal.SignatureLength];

    /// <summary>The stored event; <paramref name="chain"/> is the value before it, and the one after it when this is over.</summary>
    public static byte[] Store(string manifest, ReadOnlySpan<byte> content, ReadOnlySpan<byte> keyId, Span<byte> chain, Func<byte[], byte[]> sign)
    {
        var signature = sign(SignedBytes(manifest, content, keyId, chain));
        byte[] signed = [.. content, .. keyId, .. signature];
        SessionChain.Next(chain, manifest, signed, chain);
        return [.. signed, .. chain];
    }

    /// <summary>True when the event continues the chain, whose value is then that after it. Says nothing of the signature.</summary>
    public static bool Continues(string manifest, ReadOnlySpan<byte> stored, Span<byte> chain)
    {
        Span<byte> next = stackalloc byte[SessionChain.Length];
        SessionChain.Next(chain, manifest, SessionChain.ContentOf(stored), next);
        if (!next.SequenceEqual(SessionChain.ValueOf(stored))) return false;
        next.CopyTo(chain);
        return true;
    }

    /// <summary>True when the event's signature is of that key; <paramref name="before"/> is the chain value before the event.</summary>
    public static bool Verify(string manifest, ReadOnlySpan<byte> stored, ReadOnlySpan<byte> before, ECDsa key) => key.VerifyData(
        SignedBytes(manifest, ContentOf(stored), KeyIdOf(stored), before), SignatureOf(stored), HashAlgorithmName.SHA256);

    static byte[] SignedBytes(string manifest, ReadOnlySpan<byte> content, ReadOnlySpan<byte> keyId, ReadOnlySpan<byte> before)
    {
        var name = Encoding.UTF8.GetBytes(manifest);
        return [.. Domain, .. before, checked((byte)name.Length), .. name, .. content, .. keyId];
    }
}
