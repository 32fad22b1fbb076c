using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Akka.Streams;
using Akka.Streams.Stage;

namespace Gateway.Actors.Legs;

/// <summary>
/// What one peer receives. Takes the next chunk when the last one is written. When there will be no more, <paramref name="finish"/> says so to the peer
/// (close_notify and FIN) and the stage completes. <paramref name="done"/> is completed in any case when the stage is over.
/// </summary>
public sealed class LegSink(Stream stream, Func<Task> finish, TaskCompletionSource done) : GraphStage<SinkShape<Chunk>>
{
    readonly Inlet<Chunk> _in = new("leg.in");

    public override SinkShape<Chunk> Shape => new(_in);

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => Begin(Shape, stream, finish, done);

    internal static GraphStageLogic Begin(SinkShape<Chunk> shape, Stream stream, Func<Task> finish, TaskCompletionSource done) =>
        new Logic(shape, stream, finish, done);

    sealed class Logic : InGraphStageLogic
    {
        readonly Inlet<Chunk> _in;
        readonly Stream _stream;
        readonly Func<Task> _finish;
        readonly TaskCompletionSource _done;
        Action _writeCompleted = null!;
        Action _finishCompleted = null!;
        ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _writing;
        Chunk? _chunk;
        bool _isLast;

        public Logic(SinkShape<Chunk> shape, Stream stream, Func<Task> finish, TaskCompletionSource done)
            : base(shape)
        {
            (_in, _stream, _finish, _done) = (shape.Inlet, stream, finish, done);
            SetHandler(_in, this);
        }

        public override void PreStart()
        {
            _writeCompleted = GetAsyncCallback(Written);
            _finishCompleted = GetAsyncCallback(CompleteStage);
            // The last write outlives the upstream's completion.
            SetKeepGoing(true);
            Pull(_in);
        }

        [SuppressMessage("Reliability", "CA2012", Justification = "The awaiter is consumed once, in the completion that it alone triggers.")]
        public override void OnPush()
        {
            _chunk = Grab(_in);
            _writing = _stream.WriteAsync(_chunk.Memory).ConfigureAwait(false).GetAwaiter();
            if (_writing.IsCompleted) Written();
            else _writing.UnsafeOnCompleted(_writeCompleted);
        }

        public override void OnUpstreamFinish()
        {
            _isLast = true;
            if (_chunk is null) Finish();
        }

        public override void PostStop() => _done.TrySetResult();

        void Written()
        {
            try
            {
                _writing.GetResult();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
            {
                FailStage(e);
                return;
            }

            // Only now: a failed or unfinished write may still read the buffer, which then goes to the garbage collector instead of the pool.
            _chunk!.Return();
            _chunk = null;
            if (_isLast) Finish();
            else Pull(_in);
        }

        void Finish() => _finish().ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_finishCompleted);
    }
}
