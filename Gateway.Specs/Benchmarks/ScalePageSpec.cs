using System.Xml.Linq;
using Gateway.Benchmarks.Machine;
using Gateway.Benchmarks.Report;
using Gateway.Benchmarks.Scale;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Benchmarks;

public sealed class ScalePageSpec
{
    const long MiB = 1 << 20;

    static readonly ScaleResults s_results = new(
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), new MachineFacts("Some Processor", 2, 8, "Linux", ".NET"), TimeSpan.FromSeconds(20),
        [new(0, 100 * MiB, 0.01, 0, 0), new(1_024, 140 * MiB, 0.02, 250.4, 0.0021)],
        [new(100, 0.0001, 0.01, 0.002, 0.0125, 3)],
        [new(2, 9.5, 120 * MiB, 0.031, 90 * MiB, 0.012, 0.2)],
        ["10,000 idle sessions: a process may have 1,024 descriptors here"]);

    [Fact]
    public void A_page_says_what_was_measured_on_what_and_what_was_not()
    {
        var page = ScalePage.Render(s_results);

        Assert.StartsWith("Measured 2026-01-02 on Some Processor, 2 cores, 8 GiB; Linux; .NET, each over 20 s", page, StringComparison.Ordinal);
        Assert.Contains("- Not measured: 10,000 idle sessions: a process may have 1,024 descriptors here\n", page, StringComparison.Ordinal);
        Assert.Contains("| 1,024 | 140 MiB | 40.0 KiB | 2.00 % of a core | 250 | 2.10 ms |", page, StringComparison.Ordinal);
        Assert.Contains("| 100 | 100 µs | 1.00 % | 2.00 ms | 12.5 ms | 3 |", page, StringComparison.Ordinal);
        Assert.Contains("| 2 | 9.50 s | 120 MiB | 3.10 % of a core | 1.20 %, 90.0 MiB | 20.0 % |", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_plot_that_the_page_shows_is_drawn_with_a_point_for_each_value()
    {
        var (page, plots) = (ScalePage.Render(s_results), ScalePage.Plots(s_results).ToArray());

        Assert.All(plots, plot => Assert.Contains($"](performance/{plot.Name})", page, StringComparison.Ordinal));
        Assert.Equal(["2", "1", "3"], plots.Select(plot => $"{XDocument.Parse(plot.Svg).Descendants().Count(e => e.Name.LocalName == "circle")}"));
    }

    [Fact]
    public void Axes_end_at_the_next_round_number_above_the_greatest_value()
    {
        var svg = LinePlot.Render("t", "x", "y", [new("a & b", [(0, 0), (2_500, 41.2)])]);

        Assert.Contains(">3000</text>", svg, StringComparison.Ordinal);
        Assert.Contains(">50</text>", svg, StringComparison.Ordinal);
        Assert.Contains("a &amp; b", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_results_have_a_place_of_their_own_on_the_page()
    {
        var page = File.ReadAllText(Repository.File("docs/performance.md"));

        var written = ResultFiles.Between(page, "scale results", ResultFiles.Scale);

        Assert.Contains("scale results", written, StringComparison.Ordinal);
        Assert.Equal(ResultFiles.Between(page, "x", ResultFiles.Relay).Length, ResultFiles.Between(written, "x", ResultFiles.Relay).Length - written.Length + page.Length);
    }
}
