using Gateway.Actors.Record;
using Xunit;

namespace Gateway.Specs.Record;

public sealed class JournalHorizonSpec
{
    readonly JournalHorizon _horizon = new();

    [Fact]
    public void What_nobody_is_writing_beside_is_settled_at_once()
    {
        _horizon.Take(new JournalMark(7, []));

        Assert.Equal(7, _horizon.Settled);
    }

    [Fact]
    public void What_was_seen_while_others_wrote_is_settled_when_all_of_them_are_over()
    {
        _horizon.Take(new JournalMark(7, ["3/1", "4/9"]));
        Assert.Equal(0, _horizon.Settled);

        _horizon.Take(new JournalMark(8, ["4/9", "5/2"]));
        Assert.Equal(0, _horizon.Settled);

        // Others write by now: the mark of 7 is good all the same, that of 9 is not yet.
        _horizon.Take(new JournalMark(9, ["5/2", "3/2"]));
        Assert.Equal(7, _horizon.Settled);

        _horizon.Take(new JournalMark(12, ["6/1"]));
        Assert.Equal(9, _horizon.Settled);
    }
}
