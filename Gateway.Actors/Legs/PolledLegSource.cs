using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Akka.Streams;
using Akka.Streams.Stage;

namespace Gateway.Actors.Legs;

/// <summary>
/// What <see cref="LegSource"/> is, of a connection that can be read without waiting. A chunk is taken when there is something to fill it with.
/// </summary>
sealed class PolledLegSource : OutGraphStageLogic
{
    readonly Outlet<Chunk> _out;
    readonly ITryReading _peer;
    Action _readable = null!;
    Chunk? _before;
    ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _waiting;

    public PolledLegSource(SourceShape<Chunk> shape, ITryReading peer, Chunk? before)
        : base(shape)
    {
        (_out, _peer, _before) = (shape.Outlet, peer, before);
        SetHandler(_out, this);
    }

    public override void PreStart() => _readable = GetAsyncCallback(() => Read(isTold: true));

    public override void OnPull()
    {
        if (_before is { } first)
        {
            _before = null;
            Push(_out, first);
            return;
        }

        Read(isTold: false);
    }

    public override void PostStop() => _before?.Return();

    [SuppressMessage("Reliability", "CA2012", Justification = "The awaiter is consumed once, in the completion that it alone triggers.")]
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
            while (!TryPush());
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            FailStage(e);
        }
    }

    [SuppressMessage("Reliability", "CA2012", Justification = "The awaiter is consumed once, in the completion that it alone triggers.")]
    bool IsReadable()
    {
        _waiting = _peer.WaitToReadAsync().ConfigureAwait(false).GetAwaiter();
        if (_waiting.IsCompleted) return true;
        _waiting.UnsafeOnCompleted(_readable);
        return false;
    }

    bool TryPush()
    {
        var chunk = Chunk.Rent();
        var count = 0;
        try
        {
            if (!_peer.TryRead(chunk.Free.Span, out count)) return false;
        }
        finally
        {
            if (count == 0) chunk.Return();
        }

        if (count == 0)
        {
            CompleteStage();
            return true;
        }

        chunk.Advance(count);
        Push(_out, chunk);
        return true;
    }
}
