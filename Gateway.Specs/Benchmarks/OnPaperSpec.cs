using System.Data;
using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Benchmarks;

/// <summary>
/// The chapter of docs/performance.md that reckons with what was measured: its arithmetic is right, and what it puts in is what the tables say.
/// </summary>
public sealed partial class OnPaperSpec
{
    /// <summary>How far a later measurement may be from what the chapter puts in, before the chapter has to be written anew.</summary>
    const double Drift = 0.25;

    static readonly string s_page = File.ReadAllText(Repository.File("docs/performance.md")).ReplaceLineEndings("\n");

    [Fact]
    public void Every_line_of_the_reckoning_comes_to_what_it_says()
    {
        var lines = Rows("| a hundred nodes, a million sessions |");

        Assert.True(lines.Count >= 15, $"{lines.Count} lines");
        Assert.All(lines, line =>
        {
            var (reckoned, said) = (Reckon(Formula().Match(line[1]).Groups[1].Value), Number(line[2]));
            Assert.True(Math.Abs(reckoned - said) <= 0.01 * Math.Abs(reckoned), $"{line[0]}: {line[1]} is {reckoned}, not {line[2]}");
        });
    }

    [Fact]
    public void Every_number_of_the_reckoning_was_put_in_or_reckoned_before_or_is_a_unit()
    {
        var lines = Rows("| a hundred nodes, a million sessions |");
        var known = new HashSet<double> { 2, 10, 60, 86_400, 3_600, 1_000, 1_024, 1_000_000, 1_048_576, 1_073_741_824, 1_099_511_627_776 };
        known.UnionWith(Rows("| put in |").SelectMany(row => Numbers().Matches(row[1])).Select(m => Number(m.Value)));

        foreach (var line in lines)
        {
            Assert.All(
                Numbers().Matches(Formula().Match(line[1]).Groups[1].Value),
                m => Assert.True(known.Contains(Number(m.Value)), $"{line[0]}: whence {m.Value}?"));
            known.Add(Number(line[2]));
        }
    }

    [Theory]
    [InlineData("memory of a node without sessions", "| idle sessions on one node |", 0, 1)]
    [InlineData("memory of an idle session", "| idle sessions on one node |", -1, 2)]
    [InlineData("sessions that one node, its clients and its upstream start on two cores", "| idle sessions on one node |", -1, 4)]
    [InlineData("processor time of a start", "| idle sessions on one node |", -1, 5)]
    [InlineData("processor time of a message there and back", "| sessions, each a message of 100 B a second |", -1, 1)]
    [InlineData("processor time of a member without clients", "| nodes, without clients |", 2, 3)]
    public void What_is_put_in_is_what_the_tables_measured(string what, string table, int row, int column)
    {
        var putIn = Number(Assert.Single(Rows("| put in |"), line => line[0] == what)[1]);
        var rows = Rows(table);

        var measured = Number(rows[row < 0 ? rows.Count + row : row][column]);

        Assert.InRange(putIn, measured * (1 - Drift), measured * (1 + Drift));
    }

    /// <summary>The rows below the one table whose heading begins so.</summary>
    static List<string[]> Rows(string heading)
    {
        var at = s_page.IndexOf($"\n{heading}", StringComparison.Ordinal);
        Assert.True(at >= 0, $"there is no table {heading}");
        var lines = s_page[(at + 1)..].Split('\n').Skip(2).TakeWhile(line => line.StartsWith('|'));
        return [.. lines.Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray())];
    }

    static double Reckon(string formula)
    {
        using var table = new DataTable { Locale = CultureInfo.InvariantCulture };
        // With a point, so that it is not reckoned in whole numbers.
        var plain = Numbers().Replace(formula.Replace('×', '*'), m => Number(m.Value).ToString("F6", CultureInfo.InvariantCulture));
        return Convert.ToDouble(table.Compute(plain, null), CultureInfo.InvariantCulture);
    }

    /// <summary>The first number of a text.</summary>
    static double Number(string text) =>
        double.Parse(Numbers().Match(text).Value.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\d[\d,]*(?:\.\d+)?")]
    private static partial Regex Numbers();

    [GeneratedRegex("^`([0-9,.×/+() ]+)`$")]
    private static partial Regex Formula();
}
