namespace Gateway.Actors.Identify;

/// <summary>What a verified token or certificate says of who brought it.</summary>
public sealed record Identity
{
    public required string Name { get; init; }

    /// <summary>The issuer's configured name for a token; the issuing authority's distinguished name for a certificate.</summary>
    public required string Issuer { get; init; }

    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>When the proof stops being valid; sessions end then. Null: never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The token's <c>jti</c> (RFC 7519 section 4.1.7); null when it has none, or a certificate is the proof.</summary>
    public string? TokenId { get; init; }

    /// <summary>Whether a client certificate is the proof, rather than a token.</summary>
    public bool IsByCertificate { get; init; }

    /// <summary>The issuing authority's distinguished name; null when no certificate came along.</summary>
    public string? CertificateIssuer { get; init; }

    /// <summary>Hex; null when a token is the proof and no certificate came along.</summary>
    public string? CertificateSerial { get; init; }

    /// <summary>SHA-256 of the certificate, lower-case hex.</summary>
    public string? CertificateSha256 { get; init; }
}
