namespace Gateway.Protocols.Journal;

/// <summary>A certificate that the cluster looks after was declared, or took the place of the declaration of that name.</summary>
public sealed record CertificatePut : RegistryEvent
{
    public required string Name { get; init; }

    /// <summary>The declaration's YAML document in canonical form.</summary>
    public required string Document { get; init; }
}

/// <summary>A certificate is looked after no more, and none of its versions is presented.</summary>
public sealed record CertificateRemoved : RegistryEvent
{
    public required string Name { get; init; }
}

/// <summary>An operator wants a new version of a certificate before it is due.</summary>
public sealed record RotationOrdered : RegistryEvent
{
    public required string Name { get; init; }
}

/// <summary>First phase of a rotation: there is a new version, and every node can have it.</summary>
public sealed record CertificateIssued : RegistryEvent
{
    public required string Name { get; init; }

    /// <summary>From 1 on; never used again, not even after a removal.</summary>
    public required uint Version { get; init; }

    /// <summary>DER, the certificate itself first, then each one's issuer.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Chain { get; init; }

    /// <summary>The private key (PKCS #8), sealed with the cluster's key for this name and version.</summary>
    public required ReadOnlyMemory<byte> SealedKey { get; init; }

    /// <summary>The generation of the cluster's own authority that signed it; 0 for anybody else.</summary>
    public required uint Generation { get; init; }
}

/// <summary>Second phase: every node holds the version and found it good, and presents it from now on.</summary>
public sealed record CertificateActivated : RegistryEvent
{
    public required string Name { get; init; }

    public required uint Version { get; init; }

    /// <summary>The keys of the nodes that acknowledged it, in order.</summary>
    public required IReadOnlyList<string> Nodes { get; init; }
}

/// <summary>Third phase: every node saw, from outside, that handshakes are given the version.</summary>
public sealed record CertificateProven : RegistryEvent
{
    public required string Name { get; init; }

    public required uint Version { get; init; }

    /// <summary>The keys of the nodes that proved it, in order.</summary>
    public required IReadOnlyList<string> Nodes { get; init; }
}

/// <summary>Last phase: nodes have dropped a version that another one took the place of.</summary>
public sealed record CertificateRetired : RegistryEvent
{
    public required string Name { get; init; }

    public required uint Version { get; init; }

    /// <summary>Why, such as the version that took its place.</summary>
    public required string Reason { get; init; }
}

/// <summary>A new version could not be had.</summary>
public sealed record RotationFailed : RegistryEvent
{
    public required string Name { get; init; }

    /// <summary>The version it would have been.</summary>
    public required uint Version { get; init; }

    /// <summary>How many times in a row it failed, this time included.</summary>
    public required uint Attempt { get; init; }

    /// <summary>When it is tried again.</summary>
    public required long NextAttempt { get; init; }

    public required string Reason { get; init; }
}

/// <summary>The cluster has a new authority of its own, which nodes do not trust yet.</summary>
public sealed record AuthorityMade : RegistryEvent
{
    /// <summary>From 1 on.</summary>
    public required uint Generation { get; init; }

    /// <summary>DER: the intermediate that signs, then its root.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Chain { get; init; }

    /// <summary>The intermediate's private key (PKCS #8), sealed with the cluster's key for this generation.</summary>
    public required ReadOnlyMemory<byte> SealedKey { get; init; }
}

/// <summary>An authority of the cluster's own passed to another stage of its life; stages go both ways.</summary>
public sealed record AuthorityStaged : RegistryEvent
{
    public required uint Generation { get; init; }

    public required AuthorityStage Stage { get; init; }
}

/// <summary>The cluster has an account at an ACME server, or something about it changed: its address, or its key.</summary>
public sealed record AcmeAccountKept : RegistryEvent
{
    /// <summary>What the configuration calls the server.</summary>
    public required string Issuer { get; init; }

    /// <summary>The URL of the server's directory: the account is at that server and no other.</summary>
    public required string Directory { get; init; }

    /// <summary>The account's URL; null before the server told it.</summary>
    public string? Url { get; init; }

    /// <summary>The account's private key, sealed with the cluster's key for this issuer.</summary>
    public required ReadOnlyMemory<byte> SealedKey { get; init; }

    /// <summary>The key that is taking over, likewise; empty when none is.</summary>
    public ReadOnlyMemory<byte> SealedNextKey { get; init; }
}

/// <summary>The stages of an authority. The numbers are part of the journal format.</summary>
public enum AuthorityStage : byte
{
    /// <summary>Trusted and published beside the one that signs, so that everybody knows it before they meet it.</summary>
    Prepared = 1,

    /// <summary>Signs what is issued from now on; the one before is still trusted.</summary>
    Signing = 2,

    /// <summary>Trusted, and signs no more.</summary>
    Replaced = 3,

    /// <summary>No longer trusted.</summary>
    Retired = 4,
}
