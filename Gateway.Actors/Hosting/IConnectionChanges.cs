using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting;

/// <summary>Changes the connections of the cluster.</summary>
public interface IConnectionChanges
{
    Task<ChangeResult> ApplyAsync(ApplyOrder order, Act act, CancellationToken cancel);

    /// <param name="name">The registered connection.</param>
    /// <param name="revision">What it must be at; null: whatever.</param>
    /// <param name="terminate">Whether its sessions are ended.</param>
    /// <param name="act">Who does it.</param>
    /// <param name="cancel">Ends the wait.</param>
    Task<ChangeResult> RemoveAsync(string name, long? revision, bool terminate, Act act, CancellationToken cancel);

    /// <param name="name">The registered access policy.</param>
    /// <param name="terminate">Whether sessions of the connections that it selects are ended.</param>
    /// <param name="act">Who does it.</param>
    /// <param name="cancel">Ends the wait.</param>
    Task<ChangeResult> RemovePolicyAsync(string name, bool terminate, Act act, CancellationToken cancel);
}

/// <summary>Documents to register.</summary>
public sealed record ApplyOrder
{
    /// <summary>YAML, one document per connection.</summary>
    public required string Documents { get; init; }

    /// <summary>What faults call the text.</summary>
    public string Name { get; init; } = "documents";

    /// <summary>Public files the documents name, by that name.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    public ApplyMode Mode { get; init; } = ApplyMode.Apply;

    /// <summary>Removes every registered connection that has no document here.</summary>
    public bool Prune { get; init; }

    /// <summary>Says what would be done, and does nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>
    /// Ends the sessions of changed and removed connections, and of those that changed policies select; otherwise they keep the grant they have.
    /// </summary>
    public bool Terminate { get; init; }

    /// <summary>The one connection there must be a document for, and the revision it must be at (0: it must not be there; null: whatever).</summary>
    public (string Name, long? Revision)? Only { get; init; }
}

/// <summary>What became of a change. Nothing was done where there are faults, or where the answer says so.</summary>
public sealed record ChangeResult(RegistryAnswer Answer, IReadOnlyList<ConnectionChange> Changes, IReadOnlyList<ConfigurationFault> Faults, int Terminated);
