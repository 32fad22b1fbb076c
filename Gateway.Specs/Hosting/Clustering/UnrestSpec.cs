using Gateway.Actors.Hosting.Clustering.Stability;
using Xunit;

namespace Gateway.Specs.Hosting.Clustering;

public sealed class UnrestSpec
{
    static readonly TimeSpan s_moment = TimeSpan.FromSeconds(1);

    readonly Unrest _unrest = new();
    TimeSpan _now = TimeSpan.FromHours(1);

    [Fact]
    public void Changes_that_go_on_outlast_the_limit_and_not_before()
    {
        var began = _now;
        while (_now - began < Unrest.Limit)
        {
            _unrest.Take(_now);
            Assert.False(_unrest.Outlasts(_now, isUndecided: true));
            _now += Unrest.Peace / 2;
        }

        Assert.False(_unrest.Outlasts(began + Unrest.Limit, isUndecided: true));
        Assert.True(_unrest.Outlasts(began + Unrest.Limit + s_moment, isUndecided: true));
    }

    [Fact]
    public void A_member_that_stays_out_of_reach_is_no_unrest_however_long_it_takes_to_decide()
    {
        _unrest.Take(_now);

        Assert.False(_unrest.Outlasts(_now + Unrest.Limit + s_moment, isUndecided: true));
        Assert.False(_unrest.IsOn);
    }

    [Fact]
    public void Peace_ends_it_and_what_comes_later_begins_anew()
    {
        _unrest.Take(_now);
        Assert.False(_unrest.Outlasts(_now += Unrest.Peace, isUndecided: true));
        _unrest.Take(_now += Unrest.Limit);

        Assert.False(_unrest.Outlasts(_now + Unrest.Peace / 2, isUndecided: true));
        Assert.True(_unrest.IsOn);
    }

    [Fact]
    public void What_was_decided_ends_it_though_members_are_still_out_of_reach()
    {
        _unrest.Take(_now);
        Assert.False(_unrest.Outlasts(_now + s_moment, isUndecided: false));
        Assert.False(_unrest.IsOn);

        _unrest.Take(_now += Unrest.Limit);
        Assert.False(_unrest.Outlasts(_now + s_moment, isUndecided: true));
    }
}
