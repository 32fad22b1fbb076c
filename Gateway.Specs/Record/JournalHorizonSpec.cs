using Gateway.Actors.Record;
using Xunit;

namespace Gateway.Specs.Record;

public sealed class JournalHorizonSpec
{
    readonly JournalHorizon _horizon = new();
    DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void What_nobody_is_writing_beside_is_settled_at_once()
    {
        Take(new JournalMark(7, []));

        Assert.Equal(7, _horizon.Settled);
    }

    [Fact]
    public void What_was_seen_while_others_wrote_is_settled_when_all_of_them_are_over()
    {
        Take(new JournalMark(7, ["3/1", "4/9"]));
        Assert.Equal(0, _horizon.Settled);

        Take(new JournalMark(8, ["4/9", "5/2"]));
        Assert.Equal(0, _horizon.Settled);

        // Others write by now: the mark of 7 is good all the same, that of 9 is not yet.
        Take(new JournalMark(9, ["5/2", "3/2"]));
        Assert.Equal(7, _horizon.Settled);

        Take(new JournalMark(12, ["6/1"]));
        Assert.Equal(9, _horizon.Settled);
    }

    [Fact]
    public void It_is_known_since_when_a_transaction_holds_up_what_is_seen()
    {
        Take(new JournalMark(7, []));
        Take(new JournalMark(7, ["3/1"]));
        Assert.Null(_horizon.HeldSince);

        var since = Take(new JournalMark(8, ["3/1"]));
        Take(new JournalMark(9, ["3/1", "4/1"]));
        Assert.Equal(since, _horizon.HeldSince);

        // It is over, and nobody holds up for long: others write all the time.
        Assert.Equal(Take(new JournalMark(10, ["4/1"])), _horizon.HeldSince);
        Assert.Equal(Take(new JournalMark(11, ["5/1"])), _horizon.HeldSince);
        Take(new JournalMark(11, []));
        Assert.Null(_horizon.HeldSince);
    }

    DateTimeOffset Take(JournalMark mark)
    {
        _now += TimeSpan.FromSeconds(1);
        _horizon.Take(mark, _now);
        return _now;
    }
}
