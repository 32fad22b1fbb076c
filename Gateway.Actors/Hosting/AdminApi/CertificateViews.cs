namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>A certificate signing request (PKCS #10, PEM), how long the certificate is to last, and for which connection it is meant.</summary>
/// <param name="Request">Only its public key counts, and its signature, which proves that the private key is there.</param>
/// <param name="For">Such as <c>1h</c>; null: as long as the cluster allows.</param>
/// <param name="Connection">Null: any.</param>
public sealed record CertificateAsk(string? Request, string? For, string? Connection)
{
    /// <summary>Characters. Origin: a request with an RSA key of 4096 bits has 1700.</summary>
    public const int LongestRequest = 3072;

    /// <summary>Null when a part is none.</summary>
    public CertificateAsk? Checked() =>
        Request is { Length: > 0 and <= LongestRequest } && (For is null || Lifetime() is not null) && Connection is null or { Length: > 0 and <= 63 } ? this : null;

    /// <summary>Null when it is not said.</summary>
    public TimeSpan? Lifetime() => For is { Length: <= 20 } text && Durations.TryParse(text, out var lifetime) && lifetime > TimeSpan.Zero ? lifetime : null;
}

/// <summary>A client certificate, PEM.</summary>
public sealed record IssuedCertificateView(string Certificate, string Serial, DateTimeOffset Expires);
