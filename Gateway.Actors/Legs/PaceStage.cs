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

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => Begin(Shape, buckets);

    internal static GraphStageLogic Begin(FlowShape<Chunk, Chunk> shape, IReadOnlyList<TokenBucket> buckets) => new Logic(shape, buckets);

    sealed class Logic : TimerGraphStageLogic
    {
        const string Timer = "paid";

        readonly FlowShape<Chunk, Chunk> _shape;
        bool _owes;

        public Logic(FlowShape<Chunk, Chunk> shape, IReadOnlyList<TokenBucket> buckets)
            : base(shape)
        {
            _shape = shape;
            SetHandler(shape.Inlet, onPush: () =>
            {
                var chunk = Grab(shape.Inlet);
                var wait = TimeSpan.Zero;
                foreach (var bucket in buckets)
                {
                    var owed = bucket.Take(chunk.Length);
                    if (owed > wait) wait = owed;
                }

                _owes = wait > TimeSpan.Zero;
                if (_owes) ScheduleOnce(Timer, wait);
                Push(shape.Outlet, chunk);
            });
            SetHandler(shape.Outlet, onPull: Ask);
        }

        protected override void OnTimer(object timerKey)
        {
            _owes = false;
            if (IsAvailable(_shape.Outlet)) Ask();
        }

        void Ask()
        {
            if (!_owes && !IsClosed(_shape.Inlet) && !HasBeenPulled(_shape.Inlet)) Pull(_shape.Inlet);
        }
    }
}
