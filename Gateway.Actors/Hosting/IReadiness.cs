namespace Gateway.Actors.Hosting;

/// <summary>Whether this node can carry sessions now, and if not, what stops it.</summary>
public interface IReadiness
{
    /// <summary>Every check, passed or not, in a fixed order. Quick: reads what is known, dials nothing.</summary>
    IReadOnlyList<ReadinessCheck> Checks { get; }
}

/// <summary>One named condition, such as <c>journal</c> or <c>cluster</c>. <see cref="Problem"/> is null when it holds.</summary>
public sealed record ReadinessCheck(string Name, string? Problem)
{
    public bool Ok => Problem is null;

    /// <summary>What is not as it should be although the node can carry sessions; null where nothing is.</summary>
    public string? Note { get; init; }

    public static ReadinessCheck Passed(string name) => new(name, null);

    public static ReadinessCheck Failed(string name, string problem) => new(name, problem);
}
