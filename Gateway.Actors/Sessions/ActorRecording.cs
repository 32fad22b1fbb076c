using Akka.Actor;
using Gateway.Actors.Protocol;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Sessions;

/// <summary>
/// The session's recording, as its graph sees it: everything becomes a message to the session's actor, which persists in the order of arrival. Accounts
/// for what is under way in the node's budget, and gives all of it back when the actor closes it.
/// </summary>
sealed class ActorRecording(IActorRef session, RecordingBudget budget, OperationIndexing operations, RecordingTime time) : ISessionRecording, IDenialLog
{
    readonly Lock _lock = new();
    int _inFlight;
    bool _isClosed;

    /// <summary>By which everything in it is timed.</summary>
    public RecordingTime Time => time;

    /// <summary>True once the session's first event was handed over to be persisted.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>What was handed over to be recorded, or counted, so far.</summary>
    public ByteMark Passed { get; } = new();

    public Task OpenAsync(SessionOpened opened)
    {
        IsOpen = true;
        var durable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Tell(new SessionActor.Open(opened, durable));
        return durable.Task;
    }

    public void Record(ChunkDraft draft, Action<int> durable)
    {
        var length = draft.Length;
        lock (_lock)
        {
            if (_isClosed)
            {
                draft.Return();
                return;
            }

            _inFlight += length;
            budget.Take(length);
        }

        session.Tell(new SessionActor.AppendChunk(draft, durable));
        Passed.Add(length);
    }

    public void Record(SessionEvent e, Action durable)
    {
        session.Tell(new SessionActor.AppendEvent(e, durable));
        switch (e)
        {
            case TrafficCounted counted:
                Passed.Add(counted.ToUpstreamBytes + counted.ToClientBytes);
                break;
            case OperationsRecorded recorded:
                Passed.Add(recorded.ToUpstreamBytes + recorded.ToClientBytes);
                break;
        }
    }

    public void Denied(IReadOnlyList<DeniedOperation> operations, Action recorded) =>
        Record(new OperationsDenied { At = time.Now, Operations = operations }, recorded);

    public void FirstSeen(IReadOnlyList<SeenOperation> seen) => operations.Add(seen);

    /// <summary>So many recorded bytes are durable.</summary>
    public void Durable(int bytes)
    {
        lock (_lock)
        {
            if (_isClosed) return;
            _inFlight -= bytes;
        }

        budget.GiveBack(bytes);
    }

    /// <summary>The actor takes nothing more.</summary>
    public void Close()
    {
        int left;
        lock (_lock)
        {
            if (_isClosed) return;
            _isClosed = true;
            left = _inFlight;
        }

        budget.GiveBack(left);
    }
}
