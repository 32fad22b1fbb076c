namespace Gateway.Actors.Hosting;

/// <summary>What of a session is worth a notice because its subject's earlier sessions on the connection were different.</summary>
public sealed record AnomalyOptions
{
    public bool Enabled { get; init; } = true;

    /// <summary>How far back earlier sessions count. Origin: a month has every weekly and nearly every monthly habit.</summary>
    public int Days { get; init; } = 30;

    /// <summary>How many times more bytes than in the largest earlier session are unusual.</summary>
    public int Factor { get; init; } = 10;

    /// <summary>Fewer bytes are never unusual. Origin: what leaves a small database as a whole.</summary>
    public long LeastBytes { get; init; } = 64 * 1024 * 1024;
}
