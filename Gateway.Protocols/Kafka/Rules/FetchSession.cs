namespace Gateway.Protocols.Kafka.Rules;

/// <summary>
/// The fetch session of a connection (KIP-227): what a client asks for once goes on being answered, and brokers do not mind whose session it is. So only
/// the one that this connection was told of may be used, none goes on in which something is denied, and each is begun without it.
/// </summary>
sealed class FetchSession
{
    /// <summary>That of the last response; 0: none.</summary>
    public long Known { get; set; }
}
