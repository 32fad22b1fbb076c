using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Akka.Streams;
using Akka.Streams.Stage;

namespace Gateway.Actors.Legs;

/// <summary>
/// What one peer sends, in chunks of whatever each read brings. Reads only on demand, so that a slow reader slows the sender. Emits
/// first what was read together with the login. Completes when the peer sends no more, fails when the connection does.
/// </summary>
sealed class LegSource : OutGraphStageLogic
{
    /// <summary>A read that brings less than this is taken as the last for a while: the next one waits without a buffer.</summary>
    const int Sparse = 8 * 1024;

    readonly Outlet<Chunk> _out;
    readonly Stream _stream;
    Action _readCompleted = null!;
    Chunk? _before;
    ConfiguredValueTaskAwaitable<Chunk?>.ConfiguredValueTaskAwaiter _reading;
    bool _isSparse = true;

    public LegSource(SourceShape<Chunk> shape, Stream stream, Chunk? before)
        : base(shape)
    {
        (_out, _stream, _before) = (shape.Outlet, stream, before);
        SetHandler(_out, this);
    }

    public override void PreStart() => _readCompleted = GetAsyncCallback(Completed);

    [SuppressMessage("Reliability", "CA2012", Justification = "The awaiter is consumed once, in the completion that it alone triggers.")]
    public override void OnPull()
    {
        if (_before is { } first)
        {
            _before = null;
            Push(_out, first);
            return;
        }

        _reading = ReadAsync().ConfigureAwait(false).GetAwaiter();
        if (_reading.IsCompleted) Completed();
        else _reading.UnsafeOnCompleted(_readCompleted);
    }

    public override void PostStop() => _before?.Return();

    void Completed()
    {
        try
        {
            if (_reading.GetResult() is { } chunk) Push(_out, chunk);
            else CompleteStage();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            FailStage(e);
        }
    }

    // An idle connection waits with an empty read, which needs no buffer: thousands of them hold none.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<Chunk?> ReadAsync()
    {
        if (_isSparse) await _stream.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
        var chunk = Chunk.Rent();
        var count = 0;
        try
        {
            count = await _stream.ReadAsync(chunk.Free).ConfigureAwait(false);
        }
        finally
        {
            if (count == 0) chunk.Return();
        }

        if (count == 0) return null;
        _isSparse = count < Sparse;
        chunk.Advance(count);
        return chunk;
    }
}
