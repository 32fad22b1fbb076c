using Akka.Streams;
using Akka.Streams.Stage;

namespace Gateway.Actors.Legs;

/// <summary>
/// Lets bytes pass no faster than its buckets allow: after a chunk that is owed for, the next is asked for later. Nothing is dropped or held; the sender
/// waits, as its window fills.
/// </summary>
public sealed class PaceStage(IReadOnlyList<TokenBucket> buckets) : GraphStage<FlowShape<Chunk, Chunk>>
{
    readonly Inlet<Chunk> _in = new("pace.in");
    readonly Outlet<Chunk> _out = new("pace.out");

    public override FlowShape<Chunk, Chunk> Shape => new(_in, _out);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, buckets);

    sealed class Logic : TimerGraphStageLogic
    {
        const string Timer = "paid";

        readonly PaceStage _stage;
        bool _owes;

        public Logic(PaceStage stage, IReadOnlyList<TokenBucket> buckets)
            : base(stage.Shape)
        {
            _stage = stage;
            SetHandler(stage._in, onPush: () =>
            {
                var chunk = Grab(stage._in);
                var wait = TimeSpan.Zero;
                foreach (var bucket in buckets)
                {
                    var owed = bucket.Take(chunk.Length);
                    if (owed > wait) wait = owed;
                }

                _owes = wait > TimeSpan.Zero;
                if (_owes) ScheduleOnce(Timer, wait);
                Push(stage._out, chunk);
            });
            SetHandler(stage._out, onPull: Ask);
        }

        protected override void OnTimer(object timerKey)
        {
            _owes = false;
            if (IsAvailable(_stage._out)) Ask();
        }

        void Ask()
        {
            if (!_owes && !IsClosed(_stage._in) && !HasBeenPulled(_stage._in)) Pull(_stage._in);
        }
    }
}
