using Akka.Streams;
using Akka.Streams.Stage;
using Gateway.Actors.Connections;
using Gateway.Actors.Legs;
using Gateway.Protocols;

namespace Gateway.Actors.Record;

/// <summary>
/// Copies every relayed chunk of both directions, in the order they pass, into the session's recording. Pipelined: chunks pass at once while less than
/// the window is not durable; beyond it, or while the node's budget is exhausted, nothing is read. Strict: a chunk passes when it is durable.
/// <paramref name="done"/> is completed when the last bytes were handed to the recording.
/// </summary>
public sealed class RecordStage(
    ISessionRecording recording, RecordingRules rules, RecordingBudget budget, TimeProvider time, TaskCompletionSource done)
    : GraphStage<BidiShape<Chunk, Chunk, Chunk, Chunk>>
{
    readonly Inlet<Chunk> _upIn = new("record.up.in");
    readonly Outlet<Chunk> _upOut = new("record.up.out");
    readonly Inlet<Chunk> _downIn = new("record.down.in");
    readonly Outlet<Chunk> _downOut = new("record.down.out");

    public override BidiShape<Chunk, Chunk, Chunk, Chunk> Shape => new(_upIn, _upOut, _downIn, _downOut);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => Begin(Shape, recording, rules, budget, time, done);

    internal static GraphStageLogic Begin(
        BidiShape<Chunk, Chunk, Chunk, Chunk> shape, ISessionRecording recording, RecordingRules rules, RecordingBudget budget, TimeProvider time,
        TaskCompletionSource done) => new Logic(shape, recording, rules, budget, time, done);

    sealed class Logic : TimerGraphStageLogic
    {
        const string FlushTimer = "flush";

        readonly ISessionRecording _recording;
        readonly RecordingRules _rules;
        readonly RecordingBudget _budget;
        readonly TimeProvider _time;
        readonly TaskCompletionSource _done;
        readonly Lane _up;
        readonly Lane _down;
        Action<int> _durable = null!;
        Action? _freed;
        ChunkDraft? _draft;
        int _lastLength;
        long _draftStarted;
        long _taken;
        long _recorded;
        bool _waitsForBudget;
        bool _isTimed;

        public Logic(
            BidiShape<Chunk, Chunk, Chunk, Chunk> shape, ISessionRecording recording, RecordingRules rules, RecordingBudget budget, TimeProvider time,
            TaskCompletionSource done)
            : base(shape)
        {
            (_recording, _rules, _budget, _time, _done) = (recording, rules, budget, time, done);
            _up = new Lane(this, Direction.ToUpstream, shape.Inlet1, shape.Outlet1);
            _down = new Lane(this, Direction.ToClient, shape.Inlet2, shape.Outlet2);
            foreach (var lane in new[] { _up, _down })
            {
                SetHandler(lane.In, lane);
                SetHandler(lane.Out, lane);
            }
        }

        public override void PreStart() => _durable = GetAsyncCallback<int>(Durable);

        public override void PostStop()
        {
            Flush();
            _up.Held?.Return();
            _down.Held?.Return();
            _done.TrySetResult();
        }

        protected override void OnTimer(object timerKey)
        {
            _isTimed = false;
            if (_draft is null) return;
            var left = _rules.FlushAfter - _time.GetElapsedTime(_draftStarted);
            if (left > TimeSpan.Zero) Time(left);
            else Flush();
        }

        void Arrived(Lane lane)
        {
            var chunk = Grab(lane.In);
            if (!chunk.IsOwn) Copy(lane.Direction, chunk.Span);
            if (!_rules.Strict || chunk.IsOwn)
            {
                Push(lane.Out, chunk);
                return;
            }

            (lane.Held, lane.DurableAt) = (chunk, _taken);
            Flush();
        }

        void Finished(Lane lane)
        {
            if (lane.Held is null) Complete(lane.Out);
        }

        void Demanded(Lane lane)
        {
            if (HasBeenPulled(lane.In) || IsClosed(lane.In) || lane.Held is not null) return;
            if (_taken - _recorded >= _rules.WindowBytes)
            {
                // The window may be smaller than a chunk: what fills it goes now, Durable pulls again.
                Flush();
                return;
            }

            if (!_budget.IsExhausted) Pull(lane.In);
            else if (!_waitsForBudget) WaitForBudget();
        }

        void WaitForBudget()
        {
            _waitsForBudget = true;
            _budget.WhenFree(_freed ??= GetAsyncCallback(Freed));
        }

        void Freed()
        {
            _waitsForBudget = false;
            DemandAgain();
        }

        void Durable(int bytes)
        {
            _recorded += bytes;
            Release(_up);
            Release(_down);
            DemandAgain();
        }

        void Release(Lane lane)
        {
            if (lane.Held is not { } chunk || _recorded < lane.DurableAt) return;
            lane.Held = null;
            if (IsClosed(lane.Out)) chunk.Return();
            else Push(lane.Out, chunk);
            if (IsClosed(lane.In)) Complete(lane.Out);
        }

        void DemandAgain()
        {
            if (IsAvailable(_up.Out)) Demanded(_up);
            if (IsAvailable(_down.Out)) Demanded(_down);
        }

        void Copy(Direction direction, ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                if (_draft is null) Begin();
                var added = _draft!.Add(direction, bytes);
                bytes = bytes[added..];
                _taken += added;
                if (_draft.IsFull || added == 0) Flush();
            }
        }

        void Begin()
        {
            _draft = ChunkDraft.Rent(_time, expected: _lastLength);
            _draftStarted = _time.GetTimestamp();
            if (!_isTimed && !_rules.Strict) Time(_rules.FlushAfter);
        }

        void Time(TimeSpan after)
        {
            _isTimed = true;
            ScheduleOnce(FlushTimer, after);
        }

        void Flush()
        {
            if (_draft is not { } draft) return;
            (_draft, _lastLength) = (null, draft.Length);
            _recording.Record(draft, _durable);
        }

        /// <summary>One direction.</summary>
        sealed class Lane(Logic stage, Direction direction, Inlet<Chunk> inlet, Outlet<Chunk> outlet) : IInHandler, IOutHandler
        {
            public Direction Direction { get; } = direction;

            public Inlet<Chunk> In { get; } = inlet;

            public Outlet<Chunk> Out { get; } = outlet;

            /// <summary>Strict: the chunk that waits to be durable.</summary>
            public Chunk? Held { get; set; }

            /// <summary>The number of recorded bytes at which it is.</summary>
            public long DurableAt { get; set; }

            public void OnPush() => stage.Arrived(this);

            public void OnUpstreamFinish() => stage.Finished(this);

            public void OnUpstreamFailure(Exception cause) => stage.Fail(Out, cause);

            public void OnPull() => stage.Demanded(this);

            public void OnDownstreamFinish(Exception cause) => stage.Cancel(In, cause);
        }
    }
}
