namespace Gateway.Actors.Connections;

/// <summary>What clients of a Kafka connection may ask for at most.</summary>
public sealed record KafkaLimits
{
    public static readonly KafkaLimits None = new();

    /// <summary>Bytes of the records of one partition in a Produce; null: as many as a frame may hold.</summary>
    public int? MaxBatchBytes { get; init; }

    /// <summary>Patterns of client ids; empty: any.</summary>
    public IReadOnlyList<string> ClientIds { get; init; } = [];

    /// <summary>What one subject may produce each second, on each node; null: no limit.</summary>
    public int? ProduceBytesPerSecond { get; init; }

    /// <summary>What one subject may fetch each second, on each node; null: no limit.</summary>
    public int? FetchBytesPerSecond { get; init; }

    public bool HasRates => ProduceBytesPerSecond is not null || FetchBytesPerSecond is not null;
}
