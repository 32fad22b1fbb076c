using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Persistence;
using Akka.Streams;
using Gateway.Actors.Protocol;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Sessions;

/// <summary>
/// Owns one session: runs its graph and writes its journal, which is its persistent state. Where the socket is on this node it lives from accept to seal;
/// anywhere else it only recovers what the journal holds, to answer for it or to seal it after its node was lost. Persistence id: the session's id.
/// Handlers by type, as Akka keeps them for each actor, would be a kilobyte of a silent session.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "An actor is disposed of by PostStop.")]
sealed class SessionActor : UntypedPersistentActor
{
    /// <summary>How long an actor without a socket stays to answer.</summary>
    static readonly TimeSpan s_visit = TimeSpan.FromSeconds(30);

    readonly string _id;
    readonly SessionParts _parts;
    readonly SessionRecorder _recorder;
    readonly SessionStop _stop = new();
    readonly RecordingTime _time;
    readonly ILogger _log;
    readonly List<IActorRef> _waitForEnd = [];
    ActorRecording? _recording;
    OperationIndexing? _operations;
    SessionSteps? _steps;
    SessionClosing? _closing;
    RecordingKey? _key;
    IChunkCompression _compression = ChunkCompression.Small;
    Refusal _failure = Refusal.InternalFault;
    bool _isEnded;
    bool _countsAsActive;

    public SessionActor(string id, SessionParts parts)
    {
        (_id, _parts) = (id, parts);
        _recorder = new SessionRecorder(id);
        _time = new RecordingTime(parts.Time);
        _log = parts.Logging.CreateLogger("Gateway.Session");
        // What a survivor seals is read from its tail on, however long it is.
        SnapshotPluginId = RecordingTailStore.Plugin;
    }

    public override string PersistenceId => _id;

    // A session whose socket is here is new: there is nothing to replay.
    public override Recovery Recovery => _parts.Accepted.Has(_id) ? Recovery.None : Recovery.Default;

    public static Props Props(string id, SessionParts parts) =>
        Akka.Actor.Props.Create(() => new SessionActor(id, parts)).WithMailbox(QuietMailbox.Name);

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer offer: _recorder.Resume((RecordingTail)offer.Snapshot); break;
            case StoredEvent stored: _recorder.Recover(stored); break;
            case RecoveryCompleted: Recovered(); break;
            default: Unhandled(message); break;
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case OpenSession: Start(); break;
            case ShowSession: Sender.Tell(State()); break;
            case EndSession end: End(end); break;
            case Open open: BeginOpen(open); break;
            case Indexed indexed: Persist(indexed); break;
            case AppendChunk append: Append(append); break;
            // The index was asked beside the session, which may be over by now.
            case AppendEvent { Event: SessionNoticed } when !_recorder.IsOpen: break;
            case AppendEvent append: PersistAsync(_recorder.Append(append.Event), _ => append.Durable()); break;
            case GraphEnded ended: Close(ended.End); break;
            case Closed closed: Ended(closed.Fault); break;
            case Status.Failure failure: throw new InvalidOperationException("A session's message failed.", failure.Cause);
            case ReceiveTimeout: Leave(); break;
            default: Unhandled(message); break;
        }
    }

    protected override void PostStop()
    {
        _recording?.Close();
        _operations?.Close();
        _steps?.Dispose();
        if (_steps is not null)
        {
            _parts.Slots.EndSession(_steps.Accepted.Profile.Name);
            _parts.Live.Remove(_id);
        }

        // Where it was only recovered, who asked for its end asks again.
        if (!_isEnded && _recorder.IsOpen && _steps is not null) LeftUnsealed(_steps);
        _stop.Dispose();
        _key?.Dispose();
        base.PostStop();
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        // The actor is stopped now, and with it graph and sockets: what cannot be recorded is not relayed.
        _failure = Refusal.RecordingFailed;
        _parts.Metrics.RecordingFailed();
        SessionLog.RecordingFailed(_log, cause, _id, sequenceNr);
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        OnPersistFailure(cause, @event, sequenceNr);
        Context.Stop(Self);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        SessionLog.NotRecovered(_log, reason, _id);
        if (_parts.Accepted.Take(_id) is not { } accepted) return;

        // The journal cannot even be asked: no recording, no session.
        accepted.Dispose();
        _parts.Slots.EndHandshake();
        _parts.Slots.EndSession(accepted.Profile.Name);
        _parts.Metrics.SessionEnded(accepted.Profile.Name, Ending.Refused, Refusal.RecordingFailed, 0, 0, wasOpened: false);
    }

    void Recovered()
    {
        if (!_parts.Accepted.Has(_id)) Context.SetReceiveTimeout(s_visit);
    }

    void Start()
    {
        if (_steps is not null || _parts.Accepted.Take(_id) is not { } accepted) return;
        Context.SetReceiveTimeout(null);
        _parts.Live.Add(_id);
        _operations = new OperationIndexing(_id, _parts.Index, _time, () => _time.Now, _log);
        _recording = new ActorRecording(Self, _parts.Budget, _operations, _time);
        _compression = ChunkCompression.Of(accepted.Profile.Recording.Compression, _parts.Compression);
        _steps = new SessionSteps(_id, accepted, _recording, _stop, _parts);
        SessionGraph.RunAsync(_steps, Context.System.Materializer()).PipeTo(
            Self, success: end => new GraphEnded(end), failure: fault => new GraphEnded(Failed(fault)));
    }

    SessionEnd Failed(Exception fault)
    {
        SessionLog.GraphFailed(_log, fault, _id);
        return SessionEnd.Refused(Refusal.InternalFault, fault.GetBaseException().GetType().Name);
    }

    void BeginOpen(Open open)
    {
        var row = Row(_steps!, open.Opened.OpenedAt);
        _parts.Index.AddAsync(row, open.Opened.Level is RecordingLevel.Full or RecordingLevel.Operations ? NewKey() : null, CancellationToken.None).PipeTo(
            Self, success: () => new Indexed(open.Opened, open.Durable, null), failure: fault => new Indexed(open.Opened, open.Durable, fault));
    }

    /// <summary>What is recorded from now on can be read with this key alone, which lies sealed beside the recording.</summary>
    byte[] NewKey()
    {
        _key = RecordingKey.New();
        _recorder.EncryptWith(_key);
        return _parts.ClusterKey.SealBytes(RecordingKey.What, _id, _key.Bytes);
    }

    void Persist(Indexed indexed)
    {
        if (indexed.Fault is { } fault)
        {
            OnPersistFailure(fault, indexed.First, 1);
            indexed.Durable?.TrySetException(fault);
            if (indexed.First is SessionRefused) Ended(fault);
            return;
        }

        PersistAsync(_recorder.Append(indexed.First), _ =>
        {
            indexed.Durable?.TrySetResult();
            if (indexed.First is SessionRefused) Ended(fault: null);
            else BecomeActive();
        });
    }

    void BecomeActive()
    {
        _countsAsActive = true;
        _parts.Metrics.SessionOpened(_recorder.Opened!.Connection);
        SessionLog.Opened(_log, _id, _recorder.Opened.Connection, _recorder.Opened.Subject, _recorder.Opened.Client.Address);
    }

    void Append(AppendChunk append)
    {
        var length = append.Draft.Length;
        var stored = _recorder.Append(append.Draft, _compression);
        append.Draft.Return();
        PersistAsync(stored, _ =>
        {
            _recording!.Durable(length);
            append.Durable(length);
        });
    }

    void End(EndSession command)
    {
        if (_isEnded)
        {
            Sender.Tell(new SessionEnded(_id));
            return;
        }

        _waitForEnd.Add(Sender);
        var end = new SessionEnd(command.Ending, command.Refusal, command.Detail);
        if (_steps is not null) _stop.Request(end);
        else if (_closing is null) Close(end);
    }

    /// <summary>The last event: the seal of a session that was opened, the refusal of one that was not.</summary>
    void Close(SessionEnd end)
    {
        _steps?.Trace.End(end.Refusal);
        _closing = _recorder.Closing ?? new SessionClosing(_time.Now, end.Ending, end.Refusal, end.Detail, _recorder.ToUpstreamBytes, _recorder.ToClientBytes);
        if (_recorder.IsOpen) PersistAsync(_recorder.Seal(_closing, _parts.NodeKey, _parts.SealKey), _ => CloseIndex());
        else if (_steps is not null && _recorder.Events == 0) Refuse(_steps, _closing);
        else CloseIndex();
    }

    void CloseIndex() => CloseIndexAsync(_recorder.Closing ?? _closing!, Operations()).PipeTo(
        Self, success: () => new Closed(null), failure: fault => new Closed(fault));

    async Task CloseIndexAsync(SessionClosing closing, SessionOperations rest)
    {
        // One that the journal took nothing of, because it was away, is not open either: it would be asked to end for ever.
        if (_recorder.Events == 0 && await _parts.Index.FindAsync(_id, CancellationToken.None) is null) return;
        await _parts.Index.CloseAsync(_id, closing, rest, CancellationToken.None);
    }

    // Only where the session ran, and its graph is over, is it known what it did last.
    SessionOperations Operations()
    {
        if (_steps is null) return SessionOperations.Unknown;
        _operations!.Add(_steps.Seen.Take());
        return new SessionOperations(_operations.Close(), _steps.Seen.IsWhole);
    }

    void Refuse(SessionSteps steps, SessionClosing closing)
    {
        var refused = new SessionRefused
        {
            SessionId = _id,
            Connection = steps.Accepted.Profile.Name,
            Protocol = steps.Accepted.Profile.Protocol.Name,
            NodeKey = _parts.NodeKey,
            RefusedAt = closing.ClosedAt,
            Client = steps.Facts,
            Refusal = closing.Refusal,
            Detail = closing.Detail ?? "",
            Subject = steps.Subject?.Name,
        };
        _parts.Index.AddAsync(Row(steps, closing.ClosedAt) with { Closing = closing }, sealedKey: null, CancellationToken.None).PipeTo(
            Self, success: () => new Indexed(refused, null, null), failure: fault => new Indexed(refused, null, fault));
    }

    SessionRow Row(SessionSteps steps, long startedAt) => new()
    {
        SessionId = _id,
        Connection = steps.Accepted.Profile.Name,
        Protocol = steps.Accepted.Profile.Protocol.Name,
        NodeKey = _parts.NodeKey,
        ClientAddress = steps.Facts.Address,
        Subject = steps.Subject?.Name,
        StartedAt = startedAt,
        Ja4 = steps.Facts.Offer?.Ja4,
    };

    void Ended(Exception? fault)
    {
        if (fault is not null)
        {
            SessionLog.IndexFailed(_log, fault, _id);
            if (_steps is not null) Context.System.EventStream.Publish(new SessionLeftOpen(_id, _failure));
        }

        _isEnded = fault is null;
        var closing = _recorder.Closing ?? _closing!;
        if (_steps is not null) Count(_steps, closing);
        if (_isEnded) foreach (var waiting in _waitForEnd) waiting.Tell(new SessionEnded(_id));
        Leave();
    }

    void Count(SessionSteps steps, SessionClosing closing)
    {
        _parts.Metrics.SessionEnded(
            steps.Accepted.Profile.Name, closing.Ending, closing.Refusal, _recorder.ToUpstreamBytes, _recorder.ToClientBytes, _countsAsActive);
        if (closing.Refusal == Refusal.None)
            SessionLog.Ended(_log, _id, closing.Ending.Word(), _recorder.ToUpstreamBytes, _recorder.ToClientBytes);
        else
            SessionLog.Refused(_log, _id, steps.Accepted.Profile.Name, steps.Facts.Address, closing.Refusal.Word(), closing.Detail);
        _countsAsActive = false;
    }

    void Leave() => Context.Parent.Tell(new Passivate(PoisonPill.Instance));

    /// <summary>The actor is over before the session's end is durable: the sealer will see to it, in another incarnation of this actor.</summary>
    void LeftUnsealed(SessionSteps steps)
    {
        if (_countsAsActive)
            Count(steps, new SessionClosing(_time.Now, Ending.Refused, _failure, "the session's actor stopped", _recorder.ToUpstreamBytes, _recorder.ToClientBytes));
        Context.System.EventStream.Publish(new SessionLeftOpen(_id, _failure));
    }

    SessionState State()
    {
        var phase = this switch
        {
            { _recorder.Events: 0, _steps: null } => SessionPhase.Unknown,
            { _recorder.IsSealed: true } or { _recorder.WasRefused: true } => SessionPhase.Ended,
            { _closing: not null } => SessionPhase.Ending,
            { _recorder.IsOpen: true } => SessionPhase.Streaming,
            _ => SessionPhase.Opening,
        };
        var node = _recorder.Opened?.NodeKey ?? _recorder.Refused?.NodeKey ?? (_steps is null ? "" : _parts.NodeKey);
        return new SessionState(_id, phase, node, _recorder.ToUpstreamBytes, _recorder.ToClientBytes, _recorder.Chunks);
    }

    internal sealed record Open(SessionOpened Opened, TaskCompletionSource Durable) : INoSerializationVerificationNeeded;

    internal sealed record AppendChunk(ChunkDraft Draft, Action<int> Durable) : INoSerializationVerificationNeeded;

    internal sealed record AppendEvent(SessionEvent Event, Action Durable) : INoSerializationVerificationNeeded;

    sealed record Indexed(SessionEvent First, TaskCompletionSource? Durable, Exception? Fault) : INoSerializationVerificationNeeded;

    sealed record GraphEnded(SessionEnd End) : INoSerializationVerificationNeeded;

    sealed record Closed(Exception? Fault) : INoSerializationVerificationNeeded;
}
