namespace Gateway.Actors.Connections;

/// <summary>A certificate that the cluster is to look after, as operators declare it. Resolved and immutable.</summary>
public sealed record CertificateProfile
{
    /// <summary>Lower-case letters, digits and dashes; unique in the cluster.</summary>
    public required string Name { get; init; }

    public required CertificateOrigin Source { get; init; }

    /// <summary>DNS names, also of the form <c>*.example.org</c>, and addresses; empty for an imported one whose names are its own matter.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public required CertificateUse Use { get; init; }

    /// <summary>How long a version of the cluster's own authority lasts.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>The configured ACME issuer; null for other sources.</summary>
    public string? Issuer { get; init; }

    /// <summary>Each node's own file (PEM) with the chain; null for other sources.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Each node's own file (PEM) with the key; null for other sources.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Whether the cluster makes new versions by itself.</summary>
    public bool IsRenewed => Source is CertificateOrigin.Internal or CertificateOrigin.Acme;

    /// <summary>
    /// Only what the cluster's own authority makes: an ACME server's certificates other nodes would not take, or take of whomever that server gives one,
    /// and of what is handed in somebody beside the nodes has the key.
    /// </summary>
    public bool MayStandForNodes => Source == CertificateOrigin.Internal;
}

/// <summary>Where a certificate's versions come from.</summary>
public enum CertificateOrigin
{
    /// <summary>The cluster's own authority issues them.</summary>
    Internal,

    /// <summary>An ACME server issues them (RFC 8555).</summary>
    Acme,

    /// <summary>Somebody else renews files on each node, which takes them up.</summary>
    Files,

    /// <summary>Operators hand them in.</summary>
    Imported,
}

/// <summary>What a certificate may be used for.</summary>
public enum CertificateUse
{
    Server,
    Client,
}
