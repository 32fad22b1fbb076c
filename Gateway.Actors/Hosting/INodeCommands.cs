namespace Gateway.Actors.Hosting;

/// <summary>Commands to this node as a whole.</summary>
public interface INodeCommands
{
    /// <summary>
    /// Stops accepting, lets sessions finish for the grace period, seals the rest and leaves the cluster. Returns once the drain has begun. Idempotent.
    /// </summary>
    Task DrainAsync(CancellationToken cancel);
}
