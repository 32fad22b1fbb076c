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

    /// <summary>Who is told of what the limits did; null: nobody.</summary>
    public ITrafficSight? Sight { get; init; }
}

/// <summary>Hears of what limits did to a session. Neither blocks nor throws.</summary>
public interface ITrafficSight
{
    /// <summary>A client went faster than it may, and was told to wait.</summary>
    /// <param name="direction">Where the bytes go.</param>
    /// <param name="bytes">What it asked with, or was answered, that had to be paid for by waiting.</param>
    /// <param name="wait">What it was told.</param>
    void Throttled(Direction direction, long bytes, TimeSpan wait);

    /// <summary>The records for a partition were refused, being too large.</summary>
    void TooLarge();
}

/// <summary>Bytes that come back with time, shared by whoever draws from it. Safe for use from several threads.</summary>
public interface IByteBudget
{
    /// <summary>Bytes that come back each second, more than 0.</summary>
    double PerSecond { get; }

    /// <summary>Takes so many, whether they are there or not, and returns how long nothing more should be taken.</summary>
    TimeSpan Take(int count);
}
