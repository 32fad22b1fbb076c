using Akka.Streams;
using Akka.Streams.Stage;

namespace Gateway.Actors.Legs;

/// <summary>
/// What one peer sends, in chunks of whatever each read brings. Reads only on demand, so that a slow reader slows the sender. Emits
/// first what was read together with the login. Completes when the peer sends no more, fails when the connection does.
/// </summary>
abstract class LegSource : OutGraphStageLogic
{
    readonly Outlet<Chunk> _out;
    Chunk? _before;

    protected LegSource(SourceShape<Chunk> shape, Chunk? before)
        : base(shape)
    {
        (_out, _before) = (shape.Outlet, before);
        SetHandler(_out, this);
    }

    public static LegSource Of(SourceShape<Chunk> shape, Stream stream, Chunk? before) =>
        stream is ITryReading polled ? new PolledLegSource(shape, polled, before) : new StreamLegSource(shape, stream, before);

    public override void OnPull()
    {
        if (_before is { } first)
        {
            _before = null;
            Push(_out, first);
            return;
        }

        Read();
    }

    public override void PostStop() => _before?.Return();

    /// <summary>Begins to read what comes next, which is to be emitted once.</summary>
    protected abstract void Read();

    /// <param name="chunk">What was read; null: the peer sends no more.</param>
    protected void Emit(Chunk? chunk)
    {
        if (chunk is null) CompleteStage();
        else Push(_out, chunk);
    }
}
