using Gateway.Benchmarks.Report;
using Xunit;

namespace Gateway.Specs.Benchmarks;

public sealed class StatisticsSpec
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 2.5)]
    [InlineData(0.99, 3.97)]
    [InlineData(1, 4)]
    public void A_percentile_is_interpolated_between_neighbours(double share, double expected)
    {
        var value = Statistics.Percentile([1, 2, 3, 4], share);

        Assert.Equal(expected, value, 9);
    }

    [Fact]
    public void A_spread_needs_no_order()
    {
        var spread = Statistics.SpreadOf([9, 1, 4]);

        Assert.Equal(new Spread(4, 1, 9, 3), spread);
    }

    [Fact]
    public void Nothing_has_no_middle() => Assert.Throws<ArgumentException>(() => Statistics.SpreadOf([]));
}
