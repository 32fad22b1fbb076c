using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Snapshot;

namespace Gateway.Actors.Record;

/// <summary>
/// What Akka.Persistence takes for the snapshots of sessions. None is ever saved: the journal itself holds what one would say, in the last events of a
/// recording, so that there is nothing beside the chain that could be forged or forgotten.
/// </summary>
public sealed class RecordingTailStore : SnapshotStore
{
    /// <summary>The snapshot plugin of sessions.</summary>
    public const string Plugin = "gateway.recording-tails";

    readonly RecordingTails? _tails;

    public RecordingTailStore(Config config) =>
        _tails = Context.System.Settings.Setup.Get<RecordingTailSetup>() is { HasValue: true, Value: var setup } ? setup.Tails : null;

    protected override async Task<SelectedSnapshot> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        _tails is not null && await _tails.FindAsync(persistenceId, cancellationToken) is { } tail
            ? new SelectedSnapshot(new SnapshotMetadata(persistenceId, tail.Number, DateTime.UnixEpoch), tail)
            : null!;

    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken) => throw new NotSupportedException();

    protected override Task DeleteAsync(SnapshotMetadata metadata, CancellationToken cancellationToken) => throw new NotSupportedException();

    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}

/// <summary>What <see cref="RecordingTailStore"/> looks in.</summary>
public sealed class RecordingTailSetup(JournalDatabase database) : Setup
{
    public RecordingTails Tails { get; } = new(database);
}
