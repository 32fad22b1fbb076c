using System.Globalization;
using System.Security;
using System.Text;

namespace Gateway.Benchmarks.Report;

/// <summary>One bar: how long it is, and the whisker from the least to the greatest value.</summary>
sealed record Bar(string Series, Spread Value);

/// <summary>Bars that belong together, under one label.</summary>
sealed record BarGroup(string Label, IReadOnlyList<Bar> Bars);

/// <summary>Horizontal bars with whiskers and a line at one, as SVG that follows the reader's light or dark background.</summary>
static class BarPlot
{
    const int Width = 960, LabelWidth = 430, RightMargin = 70, Top = 64, BarHeight = 14, GroupGap = 12;

    static readonly string[] s_colours = ["#8a8f98", "#2f7ed8", "#d9822b", "#3d9970", "#a05195"];

    public static string Render(string title, IReadOnlyList<BarGroup> groups)
    {
        var series = groups.SelectMany(g => g.Bars).Select(b => b.Series).Distinct().ToArray();
        var most = Math.Max(1, groups.SelectMany(g => g.Bars).Select(b => b.Value.Most).DefaultIfEmpty(1).Max());
        var scale = (Width - LabelWidth - RightMargin) / most;
        var height = Top + groups.Sum(g => g.Bars.Count * BarHeight + GroupGap) + GroupGap;
        var svg = new StringBuilder();
        svg.Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\"");
        svg.Append(" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append("<style>text{fill:#222}line{stroke:#222}@media(prefers-color-scheme:dark){text{fill:#ddd}line{stroke:#ddd}}</style>\n");
        svg.Append($"<text x=\"10\" y=\"22\" font-size=\"16\">{Escape(title)}</text>\n");
        Legend(svg, series);
        Groups(svg, groups, series, scale);
        svg.Append(Line(LabelWidth + scale, Top - 6, LabelWidth + scale, height - GroupGap, " stroke-dasharray=\"4 3\""));
        return svg.Append("</svg>\n").ToString();
    }

    static void Legend(StringBuilder svg, string[] series)
    {
        for (var i = 0; i < series.Length; i++)
        {
            var x = LabelWidth + i * 120;
            svg.Append($"<rect x=\"{x}\" y=\"36\" width=\"12\" height=\"12\" fill=\"{Colour(i)}\"/>");
            svg.Append($"<text x=\"{x + 18}\" y=\"46\">{Escape(series[i])}</text>\n");
        }
    }

    static void Groups(StringBuilder svg, IReadOnlyList<BarGroup> groups, string[] series, double scale)
    {
        var y = Top;
        foreach (var group in groups)
        {
            var middle = y + group.Bars.Count * BarHeight / 2 + 4;
            svg.Append($"<text x=\"{LabelWidth - 10}\" y=\"{middle}\" text-anchor=\"end\">{Escape(group.Label)}</text>\n");
            foreach (var bar in group.Bars)
            {
                Append(svg, bar, Colour(Array.IndexOf(series, bar.Series)), y, scale);
                y += BarHeight;
            }

            y += GroupGap;
        }
    }

    static void Append(StringBuilder svg, Bar bar, string colour, int y, double scale)
    {
        var (median, least, most) = (bar.Value.Median * scale, bar.Value.Least * scale, bar.Value.Most * scale);
        var centre = y + (BarHeight - 2) / 2;
        svg.Append($"<rect x=\"{LabelWidth}\" y=\"{y}\" width=\"{Number(median)}\" height=\"{BarHeight - 2}\" fill=\"{colour}\"/>");
        svg.Append(Line(LabelWidth + least, centre, LabelWidth + most, centre, ""));
        svg.Append($"<text x=\"{Number(LabelWidth + most + 6)}\" y=\"{y + 10}\">{Number(bar.Value.Median)}</text>\n");
    }

    static string Line(double x1, double y1, double x2, double y2, string more) =>
        $"<line x1=\"{Number(x1)}\" y1=\"{Number(y1)}\" x2=\"{Number(x2)}\" y2=\"{Number(y2)}\"{more}/>";

    static string Colour(int series) => s_colours[series % s_colours.Length];

    static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    static string Escape(string text) => SecurityElement.Escape(text) ?? "";
}
