using Gateway.Benchmarks.Measures;
using Gateway.Benchmarks.Report;
using Xunit;

namespace Gateway.Specs.Benchmarks;

public sealed class RatioTableSpec
{
    [Fact]
    public void Ratios_compare_the_values_of_one_round_not_the_medians()
    {
        var ratio = SampleResults.TwoRounds.Ratio(SampleResults.Cost, "gateway", "nginx");

        Assert.Equal(new Spread(1.1, 1.0, 1.2, 2), ratio);
    }

    [Fact]
    public void A_round_that_only_one_of_both_finished_has_no_ratio()
    {
        var results = SampleResults.Of(new Sample("cost", "nginx", 0, 1), new Sample("cost", "gateway", 1, 3));

        Assert.Null(results.Ratio(SampleResults.Cost, "gateway", "nginx"));
    }

    [Fact]
    public void A_row_shows_the_reference_with_its_spread_the_others_with_their_ratio_and_what_measuring_costs()
    {
        var table = RatioTable.Render(SampleResults.TwoRounds);

        Assert.Equal(
            """
            | measure | nginx | gateway | gateway / nginx | no relay | load generator | backend |
            |---|--:|--:|--:|--:|--:|--:|
            | CPU per thing, s | 1.50 (1.00 to 2.00) | 1.60 | **1.10x** (1.00 to 1.20) |  | 0.60 |  |

            """,
            table);
    }
}
