namespace Gateway.Actors.Record;

/// <summary>How far the journal went at a moment.</summary>
/// <param name="Newest">The number of the newest event that could be seen.</param>
/// <param name="Writers">The transactions that could have been writing then: one of them may hold a lower number that is not seen yet.</param>
public sealed record JournalMark(long Newest, IReadOnlyList<string> Writers);

/// <summary>
/// Up to where all of the journal can be seen. Events are numbered when they are written and seen when their transaction is committed: behind an event
/// that is seen, one of a lower number may still come. A mark counts once every transaction is over that could have been writing when it was made. Not
/// thread-safe.
/// </summary>
public sealed class JournalHorizon
{
    JournalMark? _waiting;

    /// <summary>No event of this number or a lower one can still come.</summary>
    public long Settled { get; private set; }

    /// <summary>Since when an event is seen beyond <see cref="Settled"/> while one mark waits for its transactions; null: none is.</summary>
    public DateTimeOffset? HeldSince { get; private set; }

    public void Take(JournalMark mark, DateTimeOffset now)
    {
        var isOver = false;
        if (_waiting is { } waiting && !waiting.Writers.Intersect(mark.Writers).Any())
        {
            Settled = waiting.Newest;
            _waiting = null;
            isOver = true;
        }

        if (mark.Writers.Count == 0) (Settled, _waiting) = (mark.Newest, null);
        else _waiting ??= mark;
        if (mark.Newest <= Settled) HeldSince = null;
        else if (isOver || HeldSince is null) HeldSince = now;
    }
}
