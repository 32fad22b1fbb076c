namespace Gateway.Protocols.Kafka.Rules;

/// <summary>What a rule can speak of, each on resources of one kind. The split is that of Kafka's own access control lists (KIP-11), in a client's words.</summary>
public enum KafkaOperation : byte
{
    /// <summary>The schema does not say.</summary>
    Unstated,

    /// <summary>No permission is needed.</summary>
    Nothing,

    /// <summary>Writing records to a topic.</summary>
    Produce,

    /// <summary>Reading a topic's records, and keeping how far one has read.</summary>
    Consume,

    /// <summary>Seeing that a topic exists, and what it is like. Whoever may produce, consume, delete or alter may see.</summary>
    Describe,

    /// <summary>Creating a topic.</summary>
    Create,

    /// <summary>Deleting a topic, or records of it.</summary>
    Delete,

    /// <summary>Changing a topic's partitions or configuration.</summary>
    Alter,

    /// <summary>Being a member of a group, and keeping its offsets.</summary>
    Group,

    /// <summary>Seeing a group, its members and offsets. Whoever may be a member or alter may see.</summary>
    DescribeGroup,

    /// <summary>Deleting a group or its offsets, and changing its configuration.</summary>
    AlterGroup,

    /// <summary>Using a transactional id.</summary>
    Transaction,

    /// <summary>Asking something of the cluster as such; the resource is the API's name.</summary>
    Cluster,
}

/// <summary>The words of <see cref="KafkaOperation"/>.</summary>
public static class KafkaOperations
{
    static readonly string[] s_words =
        ["", "nothing", "produce", "consume", "describe", "create", "delete", "alter", "group", "describe-group", "alter-group", "transaction", "cluster"];

    /// <summary>Those that a rule may name.</summary>
    public static IReadOnlyList<string> Words { get; } = s_words[2..];

    public static string Word(this KafkaOperation operation) => s_words[(int)operation];

    /// <summary>The operation of that word, <c>nothing</c> included, or null.</summary>
    public static KafkaOperation? Named(string word) => word.Length > 0 && Array.IndexOf(s_words, word) is var index and >= 0 ? (KafkaOperation)index : null;
}
