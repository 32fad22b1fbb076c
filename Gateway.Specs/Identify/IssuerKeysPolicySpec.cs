using Gateway.Actors.Identify;
using Xunit;

namespace Gateway.Specs.Identify;

public sealed class IssuerKeysPolicySpec
{
    static readonly TimeSpan s_moment = TimeSpan.FromTicks(1);

    [Fact]
    public void Keys_are_used_then_used_and_refreshed_then_refreshed_first()
    {
        Assert.Equal(KeyUse.Use, IssuerKeysPolicy.Judge(IssuerKeysPolicy.RefreshAfter - s_moment, isKnown: true));
        Assert.Equal(KeyUse.UseAndRefresh, IssuerKeysPolicy.Judge(IssuerKeysPolicy.RefreshAfter, isKnown: true));
        Assert.Equal(KeyUse.UseAndRefresh, IssuerKeysPolicy.Judge(IssuerKeysPolicy.WaitAfter - s_moment, isKnown: true));
        Assert.Equal(KeyUse.RefreshFirst, IssuerKeysPolicy.Judge(IssuerKeysPolicy.WaitAfter, isKnown: true));
    }

    [Fact]
    public void What_is_unknown_is_read_first()
    {
        Assert.Equal(KeyUse.RefreshFirst, IssuerKeysPolicy.Judge(null, isKnown: false));
        Assert.Equal(KeyUse.RefreshFirst, IssuerKeysPolicy.Judge(TimeSpan.Zero, isKnown: false));
    }

    [Fact]
    public void Keys_count_to_the_end_of_the_grace_and_readings_keep_their_distance()
    {
        Assert.True(IssuerKeysPolicy.Counts(IssuerKeysPolicy.Grace));
        Assert.False(IssuerKeysPolicy.Counts(IssuerKeysPolicy.Grace + s_moment));
        Assert.True(IssuerKeysPolicy.MayRead(null));
        Assert.False(IssuerKeysPolicy.MayRead(IssuerKeysPolicy.BetweenReads - s_moment));
        Assert.True(IssuerKeysPolicy.MayRead(IssuerKeysPolicy.BetweenReads));
    }
}
