using Gateway.Actors.Identify;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Authorize;

/// <summary>
/// An identity that counts no longer, whatever its token or certificate says: sessions of it end, and no new one begins.
/// </summary>
public sealed record Revocation
{
    public required RevocationKind Kind { get; init; }

    /// <summary>
    /// The subject's name; the token's id (<c>jti</c>); the certificate's serial number or SHA-256 fingerprint, both in hex, in any case and with
    /// or without colons.
    /// </summary>
    public required string Value { get; init; }

    /// <summary>Only what this issuer issued (an issuer's configured name; for certificates, the authority's distinguished name); null: any.</summary>
    public string? Issuer { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>From then on it does not count; null: for good.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Why, one line.</summary>
    public required string Reason { get; init; }

    /// <summary>Who revoked it, as the audit names people.</summary>
    public required string RevokedBy { get; init; }

    /// <summary>The value in the one form it is compared in.</summary>
    public string Key => Kind == RevocationKind.Certificate ? CertificateNumbers.Canonical(Value) ?? Value : Value;

    public bool Counts(DateTimeOffset now) => Until is not { } until || now < until;

    public bool Hits(Identity identity) => IsBy(identity) && Kind switch
    {
        RevocationKind.Subject => string.Equals(Value, identity.Name, StringComparison.Ordinal),
        RevocationKind.Token => identity.TokenId is { } id && string.Equals(Value, id, StringComparison.Ordinal),
        RevocationKind.Certificate => CertificateNumbers.Same(Value, identity.CertificateSerial) || CertificateNumbers.Same(Value, identity.CertificateSha256),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // A certificate that came along with a token has another issuer than the token.
    bool IsBy(Identity identity)
    {
        var issuer = Kind == RevocationKind.Certificate ? identity.CertificateIssuer : identity.Issuer;
        return Issuer is null || string.Equals(Issuer, issuer, StringComparison.Ordinal);
    }
}
