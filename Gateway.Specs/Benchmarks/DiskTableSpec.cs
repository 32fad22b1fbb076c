using Gateway.Benchmarks.Measures;
using Gateway.Benchmarks.Report;
using Xunit;

namespace Gateway.Specs.Benchmarks;

public sealed class DiskTableSpec
{
    static readonly Sample[] s_kept =
    [
        new("cost", "nginx", 0, 1), new("cost", "gateway", 0, 1), new("cost-disk", "gateway", 0, 0.25), new("cost-disk", "gateway", 1, 0.27),
    ];

    [Fact]
    public void A_row_shows_what_each_relay_that_keeps_recordings_took_and_how_far_the_rounds_lie_apart() => Assert.Equal(
        """
        | recordings on disk | gateway |
        |---|--:|
        | bytes on disk per byte on the wire, of a thing | 0.26 (0.25 to 0.27) |

        """,
        DiskTable.Render(SampleResults.Of(s_kept)));

    [Fact]
    public void The_page_says_how_a_disk_is_sized_where_recordings_were_measured_and_nowhere_else()
    {
        Assert.Contains("\n\nTo size a disk: ", ResultPage.Render(SampleResults.Of(s_kept)), StringComparison.Ordinal);
        Assert.DoesNotContain("To size a disk", ResultPage.Render(SampleResults.TwoRounds), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_on_disk_is_compared_with_no_reference()
    {
        var results = SampleResults.Of(s_kept);

        Assert.DoesNotContain("on disk", RatioTable.Render(results), StringComparison.Ordinal);
        Assert.All(ResultPage.Plots(results), plot => Assert.DoesNotContain("on disk", plot.Svg, StringComparison.Ordinal));
    }
}
