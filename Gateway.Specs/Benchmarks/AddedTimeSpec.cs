using Gateway.Benchmarks.Measures;
using Gateway.Benchmarks.Report;
using Xunit;

namespace Gateway.Specs.Benchmarks;

public sealed class AddedTimeSpec
{
    [Fact]
    public void A_relay_adds_the_median_of_what_it_took_beyond_no_relay_in_each_round_beside_the_goal()
    {
        var results = SampleResults.Of(
            Took("direct", 0, 200), Took("gateway", 0, 700),
            Took("direct", 1, 400), Took("gateway", 1, 1_200),
            Took("nginx", 0, 300));

        Assert.Equal(
            "Added on average until a record of 1 KiB is confirmed, at half load: nginx 0.10 ms, gateway 0.65 ms. The goal for the gateway is at most 1 ms.",
            AddedTime.Render(results));
        Assert.Contains($"\n{AddedTime.Render(results)}\n", ResultPage.Render(results), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_said_where_it_was_not_measured_without_a_relay() =>
        Assert.Empty(AddedTime.Render(SampleResults.Of(Took("gateway", 0, 700))));

    static Sample Took(string relay, int round, double micros) => new(PublishCell.AverageId, relay, round, micros);
}
