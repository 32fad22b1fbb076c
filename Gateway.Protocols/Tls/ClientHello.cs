using System.Buffers;

namespace Gateway.Protocols.Tls;

/// <summary>
/// What a client offers before anything is answered. RFC 8446 section 4.1.2; up to TLS 1.2, RFC 5246 section 7.4.1.2. Values that mean
/// nothing (GREASE, RFC 8701; signalling suites, RFC 5746 and 7507) are left out.
/// </summary>
public sealed record ClientHello
{
    /// <summary>
    /// The highest version offered that is not above TLS 1.3, as <see cref="TlsVersion"/> numbers them; 0 when there is none.
    /// </summary>
    public required ushort Version { get; init; }

    /// <summary>Cipher suites by their IANA numbers, in the client's order.</summary>
    public required IReadOnlyList<ushort> Suites { get; init; }

    /// <summary>
    /// The host name asked for by SNI: 1 to 255 letters, digits, dashes, dots, underscores or colons. Null when the client names none.
    /// </summary>
    public string? ServerName { get; init; }

    /// <summary>ALPN protocol names in the client's order; those that are not visible ASCII are left out.</summary>
    public required IReadOnlyList<string> Alpn { get; init; }

    /// <summary>Groups for the key exchange by their IANA numbers, in the client's order; empty when it names none.</summary>
    public IReadOnlyList<ushort> Groups { get; init; } = [];

    /// <summary>Signature algorithms by their IANA numbers, in the client's order; empty when it names none.</summary>
    public IReadOnlyList<ushort> SignatureAlgorithms { get; init; } = [];

    /// <summary>All of it for the record, each list cut to a bound.</summary>
    public required ClientOffer Offer { get; init; }

    /// <summary>One line for the record, at most 160 characters, such as <c>TLS 1.3, 17 suites, alpn mqtt</c>.</summary>
    public required string Offered { get; init; }

    /// <summary>
    /// Reads the first bytes of a connection and consumes none of them. <paramref name="received"/> holds everything that came so far.
    /// Costs no allocation until the hello is whole.
    /// </summary>
    public static ClientHelloRead Read(ReadOnlySpan<byte> received, Limits limits)
    {
        if (received.IsEmpty) return ClientHelloRead.NeedMore;
        if (received[0] != 0x16) return NotTls.Judge(received);
        var records = new HandshakeRecords(received, limits);
        if (!records.TryMeasure(out var length, out var count, out var fault))
            return fault is null ? ClientHelloRead.NeedMore : ClientHelloRead.Malformed(fault);
        if (count == 1) return HelloBody.Read(records.Body(length));
        var gathered = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            records.CopyBody(gathered.AsSpan(0, length));
            return HelloBody.Read(gathered.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(gathered);
        }
    }
}
