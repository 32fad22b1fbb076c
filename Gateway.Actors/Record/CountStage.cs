using Akka.Streams;
using Akka.Streams.Stage;
using Gateway.Actors.Legs;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Record;

/// <summary>
/// Stands where <see cref="RecordStage"/> does for connections whose traffic is not kept: counts what passes. With <paramref name="every"/> the counts
/// are recorded that often while there is traffic, so that a lost node's session is short of that much at most; without, once at the end.
/// <paramref name="done"/> is completed when the last count was handed to the recording.
/// </summary>
public sealed class CountStage(ISessionRecording recording, TimeSpan? every, Func<long> now, TaskCompletionSource done)
    : GraphStage<BidiShape<Chunk, Chunk, Chunk, Chunk>>
{
    readonly Inlet<Chunk> _upIn = new("count.up.in");
    readonly Outlet<Chunk> _upOut = new("count.up.out");
    readonly Inlet<Chunk> _downIn = new("count.down.in");
    readonly Outlet<Chunk> _downOut = new("count.down.out");

    public override BidiShape<Chunk, Chunk, Chunk, Chunk> Shape => new(_upIn, _upOut, _downIn, _downOut);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => Begin(Shape, recording, every, now, done);

    internal static GraphStageLogic Begin(
        BidiShape<Chunk, Chunk, Chunk, Chunk> shape, ISessionRecording recording, TimeSpan? every, Func<long> now, TaskCompletionSource done) =>
        new Logic(shape, recording, every, now, done);

    sealed class Logic : TimerGraphStageLogic
    {
        const string CountTimer = "count";

        readonly ISessionRecording _recording;
        readonly TimeSpan? _every;
        readonly Func<long> _now;
        readonly TaskCompletionSource _done;
        readonly Lane _up;
        readonly Lane _down;
        bool _isTimed;

        public Logic(
            BidiShape<Chunk, Chunk, Chunk, Chunk> shape, ISessionRecording recording, TimeSpan? every, Func<long> now, TaskCompletionSource done)
            : base(shape)
        {
            (_recording, _every, _now, _done) = (recording, every, now, done);
            _up = new Lane(this, shape.Inlet1, shape.Outlet1);
            _down = new Lane(this, shape.Inlet2, shape.Outlet2);
            foreach (var lane in new[] { _up, _down })
            {
                SetHandler(lane.In, lane);
                SetHandler(lane.Out, lane);
            }
        }

        public override void PostStop()
        {
            Record();
            _done.TrySetResult();
        }

        protected override void OnTimer(object timerKey)
        {
            _isTimed = false;
            Record();
        }

        void Pass(Lane lane)
        {
            var chunk = Grab(lane.In);
            if (!chunk.IsOwn) lane.Bytes += chunk.Length;
            if (!_isTimed && _every is { } time) Time(time);
            Push(lane.Out, chunk);
        }

        void Time(TimeSpan time)
        {
            _isTimed = true;
            ScheduleOnce(CountTimer, time);
        }

        void Record()
        {
            if (_up.Bytes + _down.Bytes == 0) return;
            _recording.Record(new TrafficCounted { At = _now(), ToUpstreamBytes = _up.Bytes, ToClientBytes = _down.Bytes }, static () => { });
            (_up.Bytes, _down.Bytes) = (0, 0);
        }

        /// <summary>One direction.</summary>
        sealed class Lane(Logic stage, Inlet<Chunk> inlet, Outlet<Chunk> outlet) : IInHandler, IOutHandler
        {
            public Inlet<Chunk> In => inlet;

            public Outlet<Chunk> Out => outlet;

            /// <summary>What passed and is not recorded yet.</summary>
            public long Bytes { get; set; }

            public void OnPush() => stage.Pass(this);

            public void OnUpstreamFinish() => stage.Complete(outlet);

            public void OnUpstreamFailure(Exception cause) => stage.Fail(outlet, cause);

            public void OnPull() => stage.Pull(inlet);

            public void OnDownstreamFinish(Exception cause) => stage.Cancel(inlet, cause);
        }
    }
}
