using System.Security.Cryptography;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// Protects session tickets, RFC 5077 section 4: AES-256-CBC, then HMAC-SHA-256. Whoever has it can read what was said in resumed TLS 1.2
/// sessions and can resume anybody's session, so it is a secret to be replaced within hours.
/// </summary>
public sealed class TicketKey
{
    /// <summary>
    /// Bytes of a key: its name 16, then 32 for HMAC and 32 for AES, as nginx lays out <c>ssl_session_ticket_key</c> files.
    /// </summary>
    public const int Length = NameLength + 2 * SecretLength;

    internal const int NameLength = 16;
    internal const int SecretLength = 32;

    readonly byte[] _bytes;

    TicketKey(byte[] bytes) => _bytes = bytes;

    /// <summary>16 bytes that tickets name the key by.</summary>
    public ReadOnlySpan<byte> Name => _bytes.AsSpan(0, NameLength);

    internal ReadOnlySpan<byte> Mac => _bytes.AsSpan(NameLength, SecretLength);

    internal ReadOnlySpan<byte> Cipher => _bytes.AsSpan(NameLength + SecretLength, SecretLength);

    public static TicketKey Create() => new(RandomNumberGenerator.GetBytes(Length));

    /// <exception cref="ArgumentException">Not <see cref="Length"/> bytes.</exception>
    public static TicketKey From(ReadOnlySpan<byte> bytes) => bytes.Length == Length
        ? new TicketKey(bytes.ToArray())
        : throw new ArgumentException($"A ticket key has {Length} bytes.", nameof(bytes));

    /// <summary>The secret itself, for handing it to another node.</summary>
    public byte[] ToBytes() => (byte[])_bytes.Clone();
}
