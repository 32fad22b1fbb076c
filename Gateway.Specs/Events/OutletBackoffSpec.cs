using Gateway.Actors.Hosting.Events;
using Xunit;

namespace Gateway.Specs.Events;

public sealed class OutletBackoffSpec
{
    const int Hour = 3600;

    [Theory]
    [InlineData(1, null, 1)]
    [InlineData(4, null, 8)]
    [InlineData(9, null, 256)]
    [InlineData(10, null, 300)]
    [InlineData(20, null, 300)]
    [InlineData(int.MaxValue, null, 300)]
    [InlineData(1, 120, 120)]
    [InlineData(20, 120, 300)]
    [InlineData(4, -1, 8)]
    [InlineData(1, 2 * Hour, Hour)]
    public void An_outlet_is_left_alone_the_longer_the_more_often_it_failed_and_as_long_as_it_asks_within_an_hour(
        int failures, int? asked, int seconds) =>
        Assert.Equal(
            TimeSpan.FromSeconds(seconds), OutletBackoff.After(failures, asked is { } ask ? TimeSpan.FromSeconds(ask) : null));
}
