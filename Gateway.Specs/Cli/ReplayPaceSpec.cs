using Gateway.Cli;
using Xunit;

namespace Gateway.Specs.Cli;

public class ReplayPaceSpec
{
    [Theory]
    [InlineData("max", 0)]
    [InlineData("realtime", 9)]
    [InlineData("2", 4)]
    [InlineData("0.5", 19)]
    public void A_piece_waits_for_its_recorded_time_divided_by_the_factor(string speed, int seconds)
    {
        var pace = ReplayPace.Parse(speed)!.Value;

        var wait = pace.Wait(10_000_000, TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromSeconds(seconds), wait);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1001")]
    [InlineData("NaN")]
    [InlineData("fast")]
    public void A_speed_that_is_none_is_refused(string speed) => Assert.Null(ReplayPace.Parse(speed));

    [Fact]
    public void A_recorded_time_beyond_reason_waits_no_longer_than_a_day() =>
        Assert.Equal(TimeSpan.FromDays(1), ReplayPace.Parse("0.001")!.Value.Wait(long.MaxValue, TimeSpan.Zero));
}
