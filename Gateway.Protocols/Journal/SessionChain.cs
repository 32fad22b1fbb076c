using System.Security.Cryptography;
using System.Text;

namespace Gateway.Protocols.Journal;

/// <summary>
/// The hash chain through a session's events. <c>chain_0 = SHA-256("gateway.session.chain.1" 00 | session id)</c>;
/// <c>chain_n = SHA-256(chain_(n-1) | manifest length byte | manifest | content_n)</c>, where content is the stored event without its chain value.
/// An event can so be neither altered nor moved, dropped or doubled without every later value changing, and the last one is signed.
/// </summary>
public static class SessionChain
{
    /// <summary>Bytes of a chain value.</summary>
    public const int Length = SHA256.HashSizeInBytes;

    static ReadOnlySpan<byte> Domain => "gateway.session.chain.1\0"u8;

    public static byte[] Start(string sessionId) => SHA256.HashData([.. Domain, .. Encoding.UTF8.GetBytes(sessionId)]);

    /// <summary>Writes the value after one more event. <paramref name="destination"/> may be <paramref name="previous"/>.</summary>
    public static void Next(ReadOnlySpan<byte> previous, string manifest, ReadOnlySpan<byte> content, Span<byte> destination)
    {
        Span<byte> name = stackalloc byte[1 + byte.MaxValue];
        name[0] = checked((byte)Encoding.UTF8.GetBytes(manifest, name[1..]));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        hash.AppendData(name[..(1 + name[0])]);
        hash.AppendData(content);
        hash.GetHashAndReset(destination);
    }

    /// <summary>The stored event without its chain value. Throws <see cref="JournalFormatException"/> when it is too short to have one.</summary>
    public static ReadOnlySpan<byte> ContentOf(ReadOnlySpan<byte> stored) =>
        stored.Length > Length ? stored[..^Length] : throw new JournalFormatException(0, $"{stored.Length} bytes are too few for an event");

    public static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> stored) => stored[^Length..];
}
