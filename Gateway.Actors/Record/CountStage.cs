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
        long _toUpstream;
        long _toClient;
        bool _isTimed;

        public Logic(
            BidiShape<Chunk, Chunk, Chunk, Chunk> shape, ISessionRecording recording, TimeSpan? every, Func<long> now, TaskCompletionSource done)
            : base(shape)
        {
            (_recording, _every, _now, _done) = (recording, every, now, done);
            Pass(shape.Inlet1, shape.Outlet1, chunk => _toUpstream += chunk.Length);
            Pass(shape.Inlet2, shape.Outlet2, chunk => _toClient += chunk.Length);
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

        void Pass(Inlet<Chunk> from, Outlet<Chunk> to, Action<Chunk> count)
        {
            SetHandler(from, () =>
            {
                var chunk = Grab(from);
                if (!chunk.IsOwn) count(chunk);
                if (!_isTimed && _every is { } time) Time(time);
                Push(to, chunk);
            }, () => Complete(to), e => Fail(to, e));
            SetHandler(to, () => Pull(from), e => Cancel(from, e));
        }

        void Time(TimeSpan time)
        {
            _isTimed = true;
            ScheduleOnce(CountTimer, time);
        }

        void Record()
        {
            if (_toUpstream + _toClient == 0) return;
            _recording.Record(new TrafficCounted { At = _now(), ToUpstreamBytes = _toUpstream, ToClientBytes = _toClient }, static () => { });
            (_toUpstream, _toClient) = (0, 0);
        }
    }
}
