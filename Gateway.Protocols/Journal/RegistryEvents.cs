namespace Gateway.Protocols.Journal;

/// <summary>
/// What the cluster's registry keeps: connections, secrets, temporary grants and revocations that operators made at run time, and every
/// administrative act besides. Times are microseconds since the Unix epoch, UTC.
/// </summary>
public abstract record RegistryEvent
{
    public required Act Act { get; init; }
}

/// <summary>Who did it, when and from where.</summary>
public sealed record Act
{
    /// <summary>Unique to this act: an act that is sent twice, because its answer was lost, is done once.</summary>
    public required string Id { get; init; }

    public required long At { get; init; }

    /// <summary>The subject's name as its proof gave it.</summary>
    public required string Who { get; init; }

    /// <summary>The issuer's name, or the issuing CA's distinguished name for a certificate.</summary>
    public required string Issuer { get; init; }

    /// <summary>The address the request came from, without its port.</summary>
    public required string Address { get; init; }

    /// <summary>The key of the node process that took the request.</summary>
    public required string NodeKey { get; init; }

    const string Gateway = "gateway";

    /// <summary>True where nobody asked for it: see <see cref="OfGateway"/>. Requests come from an address.</summary>
    public bool IsOfGateway => Who == Gateway && Address.Length == 0;

    /// <summary>What the gateway does by itself, nobody asking for it.</summary>
    /// <param name="duty">Why, in a word.</param>
    /// <param name="at">Microseconds since the Unix epoch.</param>
    /// <param name="nodeKey">The node that does it.</param>
    /// <param name="id">Null: an identifier that nothing else has.</param>
    public static Act OfGateway(string duty, long at, string nodeKey, string? id = null) => new()
    {
        Id = id ?? Guid.NewGuid().ToString("N"),
        At = at,
        Who = Gateway,
        Issuer = duty,
        Address = "",
        NodeKey = nodeKey,
    };
}

/// <summary>A connection was added, or took the place of the one of that name.</summary>
public sealed record ConnectionPut : RegistryEvent
{
    public required string Name { get; init; }

    /// <summary>The connection's YAML document in canonical form.</summary>
    public required string Document { get; init; }
}

public sealed record ConnectionRemoved : RegistryEvent
{
    public required string Name { get; init; }
}

/// <summary>A secret was set, or took the place of the one of that name.</summary>
public sealed record SecretPut : RegistryEvent
{
    public required string Name { get; init; }

    /// <summary>The secret, sealed with the cluster's key.</summary>
    public required ReadOnlyMemory<byte> Sealed { get; init; }
}

public sealed record SecretRemoved : RegistryEvent
{
    public required string Name { get; init; }
}

/// <summary>A subject may use a connection for a time, beside the connection's own rules.</summary>
public sealed record AccessGranted : RegistryEvent
{
    public required string GrantId { get; init; }

    public required string Subject { get; init; }

    /// <summary>Whose subject; null: any issuer the connection accepts.</summary>
    public string? SubjectIssuer { get; init; }

    /// <summary>Null: every connection that has all of <see cref="Labels"/>.</summary>
    public string? Connection { get; init; }

    /// <summary>Ordered by key.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    public required long From { get; init; }

    public required long Until { get; init; }

    /// <summary>Why, for the record.</summary>
    public required string Reason { get; init; }
}

/// <summary>A temporary grant was taken back before its time was over.</summary>
public sealed record AccessWithdrawn : RegistryEvent
{
    public required string GrantId { get; init; }

    public required string Reason { get; init; }
}

/// <summary>A subject, token or certificate is not accepted any more, in whatever it proves itself by.</summary>
public sealed record Revoked : RegistryEvent
{
    public required RevocationKind Kind { get; init; }

    /// <summary>The subject's name, the token's identifier (<c>jti</c>), or the certificate's serial number or SHA-256 in lower-case hex.</summary>
    public required string Value { get; init; }

    /// <summary>Whose subject, token or certificate; null: any issuer's.</summary>
    public string? ValueIssuer { get; init; }

    /// <summary>When the revocation ends; null: it does not.</summary>
    public long? Until { get; init; }

    public required string Reason { get; init; }
}

/// <summary>A revocation was taken back.</summary>
public sealed record RevocationLifted : RegistryEvent
{
    public required RevocationKind Kind { get; init; }

    public required string Value { get; init; }

    public string? ValueIssuer { get; init; }

    public required string Reason { get; init; }
}

/// <summary>What a revocation names. The numbers are part of the journal format.</summary>
public enum RevocationKind : byte
{
    Subject = 1,

    /// <summary>One token, by its id.</summary>
    Token = 2,

    /// <summary>One certificate.</summary>
    Certificate = 3,
}

/// <summary>An administrative act that changes nothing in the registry itself.</summary>
public sealed record ActRecorded : RegistryEvent
{
    public required ActKind Kind { get; init; }

    /// <summary>What it was done to: a session's id, a node's key, a connection's name; empty where there is none.</summary>
    public required string Target { get; init; }

    /// <summary>What else is worth knowing, such as the reason that was given. Never a secret.</summary>
    public required string Detail { get; init; }
}

/// <summary>What was done. The numbers are part of the journal format.</summary>
public enum ActKind : byte
{
    SessionKilled = 1,
    RecordingRead = 2,
    NodeDrained = 3,

    /// <summary>An address was shut out of the admin API for a while, after too many logins that failed.</summary>
    LoginsRefused = 4,

    /// <summary>A connection's upstream was dialled on an operator's behalf.</summary>
    ConnectionTested = 5,

    /// <summary>A certificate was issued to a person.</summary>
    CertificateIssued = 6,

    /// <summary>A token of the gateway's own was issued.</summary>
    TokenIssued = 7,

    /// <summary>A certificate's private key was given out.</summary>
    CertificateKeyExported = 8,

    /// <summary>Recordings were searched: which is the target, for what the detail.</summary>
    RecordingsSearched = 9,

    /// <summary>What a client said in a session is said again, by whoever did this, to the connection of the detail.</summary>
    SessionRedriven = 10,

    /// <summary>The account at the ACME server of the target is given another key.</summary>
    AcmeKeyChanged = 11,

    /// <summary>What older cluster keys sealed is sealed with that of the detail.</summary>
    SealedAgain = 12,
}
