namespace Gateway.Benchmarks;

/// <summary>What a run of the relay benchmark is to do.</summary>
sealed record RelaySettings
{
    /// <summary>How the reader can ask for the same.</summary>
    public string CommandLine { get; init; } = "./build.sh bench relay";

    public int Rounds { get; init; } = 5;

    /// <summary>No round is begun later than this after the start.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(7);

    /// <summary>Work of each cell as a share of the full amount.</summary>
    public double Share { get; init; } = 1;

    /// <summary>Measures whose identifier starts with one of these; empty: all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Relays by name; empty: all.</summary>
    public IReadOnlyList<string> Relays { get; init; } = [];

    public int IdleSessions { get; init; } = 2_000;

    /// <summary>Random bytes instead of readings in text, raw and as MQTT; Kafka's records stay JSON, which rules can mask.</summary>
    public bool RandomPayload { get; init; }

    /// <summary>The executable of Gateway.Node.</summary>
    public required string GatewayExecutable { get; init; }

    /// <summary>The same in a few minutes: fewer rounds of less work.</summary>
    public RelaySettings Quick() => this with { Rounds = 2, Share = Share / 4, IdleSessions = 500, Limit = TimeSpan.FromSeconds(50) };
}
