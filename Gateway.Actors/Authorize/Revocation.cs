using Gateway.Actors.Identify;

namespace Gateway.Actors.Authorize;

/// <summary>
/// An identity that counts no longer, whatever its token or certificate says: sessions of it end, and no new one begins.
/// </summary>
public sealed record Revocation
{
    public required RevokedKind Kind { get; init; }

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
    public string Key => Kind == RevokedKind.Certificate ? CertificateNumbers.Canonical(Value) ?? Value : Value;

    public bool Counts(DateTimeOffset now) => Until is not { } until || now < until;

    public bool Hits(Identity identity) => IsBy(identity) && Kind switch
    {
        RevokedKind.Subject => string.Equals(Value, identity.Name, StringComparison.Ordinal),
        RevokedKind.Token => identity.TokenId is { } id && string.Equals(Value, id, StringComparison.Ordinal),
        RevokedKind.Certificate => CertificateNumbers.Same(Value, identity.CertificateSerial) || CertificateNumbers.Same(Value, identity.CertificateSha256),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // A certificate that came along with a token has another issuer than the token.
    bool IsBy(Identity identity)
    {
        var issuer = Kind == RevokedKind.Certificate ? identity.CertificateIssuer : identity.Issuer;
        return Issuer is null || string.Equals(Issuer, issuer, StringComparison.Ordinal);
    }
}

/// <summary>What is revoked. The numbers are part of the journal format.</summary>
public enum RevokedKind : byte
{
    Subject = 1,

    /// <summary>One token, by its id.</summary>
    Token = 2,

    /// <summary>One certificate.</summary>
    Certificate = 3,
}

/// <summary>The words for a <see cref="RevokedKind"/> in the admin API and on the command line.</summary>
public static class RevokedKinds
{
    public static string Word(this RevokedKind kind) => kind switch
    {
        RevokedKind.Subject => "subject",
        RevokedKind.Token => "token",
        RevokedKind.Certificate => "certificate",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The kind of a word, or null when there is no such word.</summary>
    public static RevokedKind? Parse(string word)
    {
        foreach (var kind in Enum.GetValues<RevokedKind>())
        {
            if (kind.Word() == word) return kind;
        }

        return null;
    }
}
