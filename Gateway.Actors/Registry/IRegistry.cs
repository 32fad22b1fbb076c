using Gateway.Protocols.Journal;

namespace Gateway.Actors.Registry;

/// <summary>
/// What operators registered at run time, as this node knows it: read from the journal itself, so that nothing but the database is needed to
/// know it. Another node's change is here within milliseconds while nodes reach each other, and within <see cref="RegistryFollowerActor.Interval"/> otherwise.
/// </summary>
public interface IRegistry
{
    /// <summary>Immutable; never goes back to an earlier revision.</summary>
    RegistrySnapshot Current { get; }

    /// <summary>
    /// Calls <paramref name="changed"/> after each change, one call at a time, with the newest snapshot; not for the one that is current now.
    /// It must neither block nor throw. Dispose of the answer to end it.
    /// </summary>
    IDisposable Subscribe(Action<RegistrySnapshot> changed);
}

/// <summary>Changes the registry, through the one actor of the cluster that writes it.</summary>
public interface IRegistryCommands
{
    /// <summary>
    /// Does all of the acts, or none. When this is over successfully, <see cref="IRegistry.Current"/> of this node holds them, or the registry's
    /// writer does and this node will within a second. Never throws but for <paramref name="cancel"/>.
    /// </summary>
    /// <param name="acts">At least one; all of one <see cref="Act"/>.</param>
    /// <param name="basis">
    /// The <see cref="RegistrySnapshot.ConnectionsRevision"/> the acts were decided on: they are refused with <see cref="RegistryOutcome.Outdated"/>
    /// when connections have changed since. Null: whatever there is.
    /// </param>
    /// <param name="cancel">Ends the wait; the acts may be done all the same.</param>
    Task<RegistryAnswer> ChangeAsync(IReadOnlyList<RegistryEvent> acts, long? basis, CancellationToken cancel);
}

/// <summary>What became of acts. <paramref name="Detail"/> is one sentence with the remedy when they were not done.</summary>
public sealed record RegistryAnswer(RegistryOutcome Outcome, long Revision, string Detail)
{
    public bool IsDone => Outcome is RegistryOutcome.Done or RegistryOutcome.Unchanged;
}

/// <summary>What the registry's writer makes of acts.</summary>
public enum RegistryOutcome
{
    /// <summary>Done, and durable.</summary>
    Done,

    /// <summary>Everything was so already; nothing was written.</summary>
    Unchanged,

    /// <summary>What should be changed or removed is not there.</summary>
    NotFound,

    /// <summary>Somebody else changed connections since the acts were decided.</summary>
    Outdated,

    /// <summary>The acts say what cannot be.</summary>
    Invalid,

    /// <summary>The registry holds as much of it as it may.</summary>
    Full,

    /// <summary>The writer cannot be reached, or cannot write. The acts may still be done.</summary>
    Unavailable,
}
