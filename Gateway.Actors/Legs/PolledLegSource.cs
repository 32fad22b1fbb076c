using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Akka.Streams;

namespace Gateway.Actors.Legs;

/// <summary>Of a connection that can be read without waiting. A chunk is taken when there is something to fill it with.</summary>
sealed class PolledLegSource(SourceShape<Chunk> shape, ITryReading peer, Chunk? before) : LegSource(shape, before)
{
    Action _readable = null!;
    ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _waiting;

    public override void PreStart() => _readable = GetAsyncCallback(() => Read(isTold: true));

    protected override void Read() => Read(isTold: false);

    void Read(bool isTold)
    {
        try
        {
            do
            {
                if (!isTold && !IsReadable()) return;
                isTold = false;
                _waiting.GetResult();
            }
            while (!TryEmit());
        }
        catch (Exception e) when (Leg.IsBroken(e))
        {
            FailStage(e);
        }
    }

    [SuppressMessage("Reliability", "CA2012", Justification = "The awaiter is consumed once, in the completion that it alone triggers.")]
    bool IsReadable()
    {
        _waiting = peer.WaitToReadAsync().ConfigureAwait(false).GetAwaiter();
        if (_waiting.IsCompleted) return true;
        _waiting.UnsafeOnCompleted(_readable);
        return false;
    }

    bool TryEmit()
    {
        var chunk = Chunk.Rent();
        var count = 0;
        try
        {
            if (!peer.TryRead(chunk.Free.Span, out count)) return false;
        }
        finally
        {
            if (count == 0) chunk.Return();
        }

        if (count > 0) chunk.Advance(count);
        Emit(count > 0 ? chunk : null);
        return true;
    }
}
