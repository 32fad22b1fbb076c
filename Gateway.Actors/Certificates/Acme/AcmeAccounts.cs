namespace Gateway.Actors.Certificates.Acme;

/// <summary>An account at an ACME server, as it is kept.</summary>
public sealed record AcmeAccount
{
    /// <summary>The directory of the server it is at.</summary>
    public required string Directory { get; init; }

    /// <summary>The private key (PEM). A secret.</summary>
    public required string Key { get; init; }

    /// <summary>The account's URL; null before the server told it.</summary>
    public string? Url { get; init; }

    /// <summary>The key that is taking over; null when none is. Kept before the server hears of it, so that neither is lost whatever happens.</summary>
    public string? NextKey { get; init; }

    public override string ToString() => $"account {Url ?? "without URL"} at {Directory}";
}

/// <summary>Keeps accounts, the same for every node, durable and sealed. Safe for use from several threads.</summary>
public interface IAcmeAccounts
{
    /// <summary>The account of the issuer of that name; null when it has none.</summary>
    /// <exception cref="AcmeException">It cannot be read.</exception>
    Task<AcmeAccount?> FindAsync(string issuer, CancellationToken cancel);

    /// <summary>Returns once it is durable.</summary>
    /// <exception cref="AcmeException">It could not be kept.</exception>
    Task KeepAsync(string issuer, AcmeAccount account, CancellationToken cancel);
}
