namespace Gateway.Protocols;

/// <summary>What one session may ask for at most, in protocols that have such limits.</summary>
public sealed record TrafficLimits
{
    /// <summary>Bytes of what is produced to one partition at once; null: as many as a frame may hold.</summary>
    public int? MaxBatchBytes { get; init; }

    /// <summary>Patterns of the names that clients may give themselves, as the protocol's resources are written; empty: any name.</summary>
    public IReadOnlyList<string> ClientIds { get; init; } = [];

    /// <summary>What all that is produced draws from; null: as much as there is.</summary>
    public IByteBudget? Produced { get; init; }

    /// <summary>The same for what is consumed.</summary>
    public IByteBudget? Consumed { get; init; }
}

/// <summary>Bytes that come back with time, shared by whoever draws from it. Safe for use from several threads.</summary>
public interface IByteBudget
{
    /// <summary>Bytes that come back each second, more than 0.</summary>
    double PerSecond { get; }

    /// <summary>Takes so many, whether they are there or not, and returns how long nothing more should be taken.</summary>
    TimeSpan Take(int count);
}
