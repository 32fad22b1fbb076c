using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Akka.Streams;
using Akka.Streams.Stage;

namespace Gateway.Actors.Legs;

/// <summary>
/// What one peer receives. Takes the next chunk when the last one is written. When there will be no more, the peer is told so
/// (close_notify and FIN) and the stage completes. Whoever waits for the end is told in any case when the stage is over.
/// </summary>
sealed class LegSink : InGraphStageLogic
{
    readonly Inlet<Chunk> _in;
    readonly Stream _stream;
    readonly Func<Task> _finish;
    readonly TaskCompletionSource _done;
    Action? _writeCompleted;
    ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _writing;
    Chunk? _chunk;
    bool _isLast;

    public LegSink(SinkShape<Chunk> shape, Stream stream, Func<Task> finish, TaskCompletionSource done)
        : base(shape)
    {
        (_in, _stream, _finish, _done) = (shape.Inlet, stream, finish, done);
        SetHandler(_in, this);
    }

    public override void PreStart()
    {
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
        else _writing.UnsafeOnCompleted(_writeCompleted ??= GetAsyncCallback(Written));
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
        catch (Exception e) when (Leg.IsBroken(e))
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

    void Finish() => _finish().ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(GetAsyncCallback(CompleteStage));
}
