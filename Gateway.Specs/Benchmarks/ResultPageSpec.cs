using System.Xml.Linq;
using Gateway.Benchmarks.Report;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Benchmarks;

public sealed class ResultPageSpec
{
    static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void A_bar_is_as_long_as_its_ratio_and_its_whisker_reaches_from_least_to_most()
    {
        BarGroup group = new("one", [new("nginx", new Spread(1, 1, 1, 2)), new("gateway", new Spread(2, 1, 4, 2))]);

        var svg = XDocument.Parse(BarPlot.Render("A <title> & more", [group]));

        // The widest whisker, 4, ends at the right margin: 430 + 460. A bar of one is a quarter of that.
        var bars = svg.Descendants(s_svg + "rect").Skip(2).Select(r => (double)r.Attribute("width")!).ToArray();
        var whisker = svg.Descendants(s_svg + "line").ElementAt(1);
        Assert.Equal([115, 230], bars);
        Assert.Equal((545, 890), ((double)whisker.Attribute("x1")!, (double)whisker.Attribute("x2")!));
        Assert.Equal("A <title> & more", svg.Descendants(s_svg + "text").First().Value);
    }

    [Fact]
    public void The_page_names_machine_versions_configurations_and_what_is_missing()
    {
        var page = ResultPage.Render(SampleResults.TwoRounds);

        Assert.Contains("Measured 2026-01-02 on Some Processor, 2 cores, 8 GiB; Linux; .NET, 2 rounds", page, StringComparison.Ordinal);
        Assert.Contains("- nginx: nginx/1\n", page, StringComparison.Ordinal);
        Assert.Contains("- Not measured: haproxy: it is not installed\n", page, StringComparison.Ordinal);
        Assert.Contains("`nginx -c FILE`\n\n```text\nworker_processes 1;\n```", page, StringComparison.Ordinal);
        Assert.DoesNotContain("no relay: ", page, StringComparison.Ordinal);
    }

    [Fact]
    public void New_results_replace_the_old_ones_and_leave_the_text_around_them()
    {
        var page = File.ReadAllText(Repository.File("docs/performance.md"));

        var once = ResultFiles.Between(page, "<run 1>", ResultFiles.Relay);
        var twice = ResultFiles.Between(once, "<run 2>", ResultFiles.Relay);

        Assert.Equal(once.Replace("<run 1>", "<run 2>", StringComparison.Ordinal), twice);
        Assert.StartsWith(page[..200], twice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_without_the_marks_is_left_alone() =>
        Assert.Throws<InvalidDataException>(() => ResultFiles.Between("# Performance\n", "results", ResultFiles.Relay));
}
