using System.Text.Json.Serialization;

namespace Gateway.Protocols.Tls;

/// <summary>
/// What a client offered, for the record: values by their IANA numbers in the client's order, without those that mean nothing, each list
/// cut at <see cref="Most"/>.
/// </summary>
public sealed record ClientOffer
{
    /// <summary>Values of one list that are kept. Origin: real clients offer at most some 40 suites.</summary>
    public const int Most = 64;

    /// <summary>The client's fingerprint by FoxIO's JA4, over the whole lists: 36 characters.</summary>
    public required string Ja4 { get; init; }

    /// <summary>
    /// What it would be if the client did not try to resume an earlier session's TLS; null: it does not. Nothing that is kept: it compares one hello with
    /// others of the same client.
    /// </summary>
    [JsonIgnore]
    public string? Ja4WithoutResumption { get; init; }

    /// <summary>Versions of supported_versions, or without that the one of the hello itself.</summary>
    public required IReadOnlyList<ushort> Versions { get; init; }

    public required IReadOnlyList<ushort> Suites { get; init; }

    /// <summary>Groups for the key exchange (RFC 8446 section 4.2.7).</summary>
    public required IReadOnlyList<ushort> Groups { get; init; }

    /// <summary>RFC 8446 section 4.2.3.</summary>
    public required IReadOnlyList<ushort> SignatureAlgorithms { get; init; }

    /// <summary>ALPN names that are visible ASCII.</summary>
    public required IReadOnlyList<string> Alpn { get; init; }
}
