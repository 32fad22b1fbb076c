namespace Gateway.Benchmarks.Scale;

/// <summary>What a run of the scale benchmark is to do; by default in ten minutes or so.</summary>
sealed record ScaleSettings
{
    public IReadOnlyList<int> Idle { get; init; } = [1_000, 2_500, 5_000, 10_000];

    public IReadOnlyList<int> Busy { get; init; } = [100, 300, 1_000];

    public IReadOnlyList<int> Nodes { get; init; } = [1, 2, 4, 8];

    /// <summary>How long nothing is said on idle sessions, and how long busy ones speak, while processor time is counted.</summary>
    public TimeSpan Watched { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a cluster is left alone before it is watched: the first sharing of shards, views and certificates is over by then.</summary>
    public TimeSpan Settling { get; init; } = TimeSpan.FromSeconds(20);

    public ScaleSettings Quick() => this with
    {
        Idle = [200, 500, 1_000, 2_000],
        Busy = [50, 100, 200],
        Nodes = [1, 2],
        Watched = TimeSpan.FromSeconds(4),
        Settling = TimeSpan.FromSeconds(4),
    };
}

/// <summary>What is measured.</summary>
sealed record Executables(string Node, string Lighthouse);
