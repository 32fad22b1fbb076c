using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Akka.Streams;

namespace Gateway.Actors.Legs;

/// <summary>Of a connection that is read by waiting for what comes.</summary>
sealed class StreamLegSource(SourceShape<Chunk> shape, Stream stream, Chunk? before) : LegSource(shape, before)
{
    /// <summary>A read that brings less than this is taken as the last for a while: the next one waits without a buffer.</summary>
    const int Sparse = 8 * 1024;

    Action _readCompleted = null!;
    ConfiguredValueTaskAwaitable<Chunk?>.ConfiguredValueTaskAwaiter _reading;
    bool _isSparse = true;

    public override void PreStart() => _readCompleted = GetAsyncCallback(Completed);

    [SuppressMessage("Reliability", "CA2012", Justification = "The awaiter is consumed once, in the completion that it alone triggers.")]
    protected override void Read()
    {
        _reading = ReadAsync().ConfigureAwait(false).GetAwaiter();
        if (_reading.IsCompleted) Completed();
        else _reading.UnsafeOnCompleted(_readCompleted);
    }

    void Completed()
    {
        try
        {
            Emit(_reading.GetResult());
        }
        catch (Exception e) when (Leg.IsBroken(e))
        {
            FailStage(e);
        }
    }

    // An idle connection waits with an empty read, which needs no buffer: thousands of them hold none.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<Chunk?> ReadAsync()
    {
        if (_isSparse) await stream.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
        var chunk = Chunk.Rent();
        var count = 0;
        try
        {
            count = await stream.ReadAsync(chunk.Free).ConfigureAwait(false);
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
