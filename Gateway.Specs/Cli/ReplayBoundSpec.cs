using Gateway.Actors.Hosting.AdminApi;
using Gateway.Cli;
using Xunit;

namespace Gateway.Specs.Cli;

public sealed class ReplayBoundSpec
{
    [Theory]
    [InlineData("90s", "2025-11-24T16:01:30.300000Z")]
    [InlineData("0s", "2025-11-24T16:00:00.300000Z")]
    [InlineData("2025-11-24T16:00:07Z", "2025-11-24T16:00:07.000000Z")]
    [InlineData("16:00:07.5", "2025-11-24T16:00:07.500000Z")]
    [InlineData("16:00", "2025-11-24T16:00:00.000000Z")]
    [InlineData("02:15", "2025-11-25T02:15:00.000000Z")]
    public void A_place_in_a_recording_is_a_time_a_time_of_day_or_so_long_after_the_start(string text, string at) =>
        Assert.Equal(at, JournalTime.Write(ReplayBound.Parse(text)!.Value.In(JournalTime.Parse("2025-11-24T16:00:00.3Z")!.Value)));

    [Theory]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("25:00")]
    [InlineData("-5s")]
    public void Anything_else_is_none(string text) => Assert.Null(ReplayBound.Parse(text));
}
