namespace Gateway.Actors.Hosting;

/// <summary>Asks every node how it serves a connection.</summary>
public interface IConnectionSurvey
{
    /// <summary>One entry per gateway node, ordered by name; a node that does not answer in time says so.</summary>
    Task<IReadOnlyList<NodeServing>> AskAsync(string connection, CancellationToken cancel);
}

/// <summary>How a node serves a connection: at a revision, on an address, or with a problem instead.</summary>
public sealed record NodeServing(string Node, string Name, long Revision, string? Address, string? Problem);
