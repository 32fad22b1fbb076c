using System.Collections.Immutable;
using System.Data.Common;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Registry;

/// <summary>
/// Follows the registry's events in the journal. What was not signed by a gateway of this cluster is not followed: who can write to the database
/// cannot so grant themselves anything. <see cref="ReadAsync"/> is called by one caller at a time; everything else from any thread.
/// </summary>
public sealed class RegistryFollower(JournalDatabase database, SealPublicKeys keys) : IRegistry
{
    readonly RegistryJournal _journal = new(database);
    readonly Lock _lock = new();
    RegistryRecorder _recorder = new();
    ImmutableList<Action<RegistrySnapshot>> _subscribers = [];
    ImmutableList<Waiting> _waiting = [];
    volatile RegistrySnapshot _current = RegistrySnapshot.Empty;
    volatile string? _problem = "the registry was not read yet";

    public RegistrySnapshot Current => _current;

    /// <summary>Null while the registry's record is in order; otherwise what is wrong with it.</summary>
    public string? Problem => _problem;

    public IDisposable Subscribe(Action<RegistrySnapshot> changed)
    {
        // A delegate of its own, so that the same one may subscribe twice.
        Action<RegistrySnapshot> own = snapshot => changed(snapshot);
        lock (_lock) _subscribers = _subscribers.Add(own);
        return new Subscription(() =>
        {
            lock (_lock) _subscribers = _subscribers.Remove(own);
        });
    }

    /// <summary>Completes when <see cref="Current"/> has that revision, or a later one.</summary>
    public Task ReachedAsync(long revision, CancellationToken cancel)
    {
        var waiting = new Waiting(revision, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            if (_current.Revision >= revision) return Task.CompletedTask;
            _waiting = _waiting.Add(waiting);
        }

        return WaitAsync(waiting, cancel);
    }

    /// <summary>
    /// Reads what is new. Throws <see cref="InvalidDataException"/> when the record is not a gateway's or is not whole; then nothing of it counts,
    /// <see cref="Current"/> stays what it was, and the next call begins anew. Throws <see cref="JournalUnavailableException"/> when it cannot be read.
    /// </summary>
    public async Task ReadAsync(CancellationToken cancel)
    {
        try
        {
            await ReadAllAsync(cancel).ConfigureAwait(false);
            if (_recorder.Snapshot.Revision < _current.Revision)
                throw new InvalidDataException($"The registry ends with event {_recorder.Snapshot.Revision} although there were {_current.Revision}; restore it from a backup.");
            _problem = null;
        }
        catch (Exception e) when (e is InvalidDataException or JournalFormatException)
        {
            _recorder = new RegistryRecorder();
            _problem = e.Message;
            throw e as InvalidDataException ?? new InvalidDataException(e.Message, e);
        }
        catch (Exception e) when (e is DbException or IOException or TimeoutException or UnauthorizedAccessException)
        {
            throw new JournalUnavailableException(database.Place, "cannot be read", "see why it does not answer", e);
        }
    }

    async Task ReadAllAsync(CancellationToken cancel)
    {
        while (await _journal.PageAsync(_recorder.Snapshot.Revision, cancel).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (var stored in page) _recorder.Recover(stored);
            _recorder.RequireSignature(keys);
            if (_recorder.Snapshot.Revision > _current.Revision) Publish(_recorder.Snapshot);
        }
    }

    void Publish(RegistrySnapshot snapshot)
    {
        ImmutableList<Action<RegistrySnapshot>> subscribers;
        ImmutableList<Waiting> reached;
        lock (_lock)
        {
            _current = snapshot;
            subscribers = _subscribers;
            reached = _waiting.FindAll(w => w.Revision <= snapshot.Revision);
            _waiting = _waiting.RemoveRange(reached);
        }

        foreach (var subscriber in subscribers) subscriber(snapshot);
        foreach (var waiting in reached) waiting.Reached.TrySetResult();
    }

    async Task WaitAsync(Waiting waiting, CancellationToken cancel)
    {
        try
        {
            await waiting.Reached.Task.WaitAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock) _waiting = _waiting.Remove(waiting);
        }
    }

    sealed record Waiting(long Revision, TaskCompletionSource Reached);

    sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
