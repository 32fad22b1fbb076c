using Akka.Streams;
using Akka.Streams.Stage;
using Gateway.Actors.Legs;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Record;

/// <summary>
/// Stands where <see cref="RecordStage"/> does for connections of which the operations are kept and their payload is not. Chunks pass at once; what was
/// read in them goes to the recording every <see cref="s_every"/> while there is any, and nothing is read on while too much of that is not durable.
/// <paramref name="done"/> is completed when the last was handed to the recording.
/// </summary>
public sealed class OperationStage(ISessionRecording recording, OperationLog log, TaskCompletionSource done)
    : GraphStage<BidiShape<Chunk, Chunk, Chunk, Chunk>>
{
    /// <summary>What the recording of a lost node's session may be short of.</summary>
    static readonly TimeSpan s_every = TimeSpan.FromSeconds(1);

    /// <summary>Events that may wait for the journal. Origin: each is at most about as large as a chunk of traffic, and that window is 1 MiB.</summary>
    const int MostWaiting = 4;

    readonly Inlet<Chunk> _upIn = new("operations.up.in");
    readonly Outlet<Chunk> _upOut = new("operations.up.out");
    readonly Inlet<Chunk> _downIn = new("operations.down.in");
    readonly Outlet<Chunk> _downOut = new("operations.down.out");

    public override BidiShape<Chunk, Chunk, Chunk, Chunk> Shape => new(_upIn, _upOut, _downIn, _downOut);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => Begin(Shape, recording, log, done);

    internal static GraphStageLogic Begin(
        BidiShape<Chunk, Chunk, Chunk, Chunk> shape, ISessionRecording recording, OperationLog log, TaskCompletionSource done) =>
        new Logic(shape, recording, log, done);

    sealed class Logic : TimerGraphStageLogic
    {
        const string FlushTimer = "flush";

        readonly BidiShape<Chunk, Chunk, Chunk, Chunk> _shape;
        readonly ISessionRecording _recording;
        readonly OperationLog _log;
        readonly TaskCompletionSource _done;
        readonly Action<OperationsRecorded> _record;
        Action _durable = null!;
        int _waiting;
        bool _isTimed;

        public Logic(BidiShape<Chunk, Chunk, Chunk, Chunk> shape, ISessionRecording recording, OperationLog log, TaskCompletionSource done)
            : base(shape)
        {
            (_shape, _recording, _log, _done, _record) = (shape, recording, log, done, Record);
            Pass(new Lane(this, Direction.ToUpstream, shape.Inlet1, shape.Outlet1));
            Pass(new Lane(this, Direction.ToClient, shape.Inlet2, shape.Outlet2));
        }

        public override void PreStart() => _durable = GetAsyncCallback(Durable);

        public override void PostStop()
        {
            _log.Finish(_record);
            Flush();
            _done.TrySetResult();
        }

        protected override void OnTimer(object timerKey)
        {
            _isTimed = false;
            Flush();
        }

        void Pass(Lane lane)
        {
            SetHandler(lane.In, lane);
            SetHandler(lane.Out, lane);
        }

        void Arrived(Lane lane)
        {
            var chunk = Grab(lane.In);
            if (!chunk.IsOwn) _log.Add(lane.Direction, chunk.Span, _record);
            if (!_isTimed) Time();
            Push(lane.Out, chunk);
        }

        void Demanded(Inlet<Chunk> from)
        {
            if (_waiting < MostWaiting && !HasBeenPulled(from) && !IsClosed(from)) Pull(from);
        }

        void Durable()
        {
            _waiting--;
            if (IsAvailable(_shape.Outlet1)) Demanded(_shape.Inlet1);
            if (IsAvailable(_shape.Outlet2)) Demanded(_shape.Inlet2);
        }

        void Time()
        {
            _isTimed = true;
            ScheduleOnce(FlushTimer, s_every);
        }

        void Flush()
        {
            if (_log.Take() is { } taken) Record(taken);
        }

        void Record(OperationsRecorded recorded)
        {
            _waiting++;
            _recording.Record(recorded, _durable);
        }

        /// <summary>One direction.</summary>
        sealed class Lane(Logic stage, Direction direction, Inlet<Chunk> inlet, Outlet<Chunk> outlet) : IInHandler, IOutHandler
        {
            public Direction Direction => direction;

            public Inlet<Chunk> In => inlet;

            public Outlet<Chunk> Out => outlet;

            public void OnPush() => stage.Arrived(this);

            public void OnUpstreamFinish() => stage.Complete(outlet);

            public void OnUpstreamFailure(Exception cause) => stage.Fail(outlet, cause);

            public void OnPull() => stage.Demanded(inlet);

            public void OnDownstreamFinish(Exception cause) => stage.Cancel(inlet, cause);
        }
    }
}
