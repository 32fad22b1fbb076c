namespace Gateway.Protocols.Kafka.Schema;

/// <summary>What a field stands for, where a gateway has to know: what rules speak of, and what must not reach a client as it came.</summary>
public enum EntityKind : byte
{
    None,

    /// <summary>The name of a topic.</summary>
    Topic,

    /// <summary>The id that stands for a topic's name (KIP-516).</summary>
    TopicId,

    /// <summary>The name of a consumer, share or streams group.</summary>
    Group,
    TransactionalId,

    /// <summary>A group or a transactional id, as the KeyType of FindCoordinator says.</summary>
    CoordinatorKey,

    /// <summary>The name of whatever has a configuration, as the ResourceType beside it says.</summary>
    Resource,

    /// <summary>A regular expression of the client's, which stands for every topic that it matches now or later.</summary>
    TopicPattern,

    /// <summary>The number of a partition of a topic, or the numbers of many.</summary>
    Partition,

    /// <summary>The number of a broker.</summary>
    Node,

    /// <summary>A broker's host.</summary>
    Host,

    /// <summary>A broker's port.</summary>
    Port,

    /// <summary>One of <see cref="KafkaError"/>.</summary>
    Error,
}
