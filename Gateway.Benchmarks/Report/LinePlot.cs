using System.Globalization;
using System.Security;
using System.Text;

namespace Gateway.Benchmarks.Report;

/// <summary>Points of one curve, in the order of x.</summary>
sealed record Curve(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Curves over axes that begin at zero, as SVG that follows the reader's light or dark background.</summary>
static class LinePlot
{
    const int Width = 960, Height = 400, Left = 70, Right = 30, Top = 64, Bottom = 50, Ticks = 5;

    static readonly string[] s_colours = ["#2f7ed8", "#d9822b", "#3d9970", "#a05195"];

    public static string Render(string title, string across, string up, IReadOnlyList<Curve> curves)
    {
        var points = curves.SelectMany(c => c.Points).ToArray();
        var (mostX, mostY) = (Round(points.Max(p => p.X)), Round(points.Max(p => p.Y)));
        double X(double x) => Left + x / mostX * (Width - Left - Right);
        double Y(double y) => Height - Bottom - y / mostY * (Height - Top - Bottom);
        var svg = new StringBuilder();
        svg.Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append("<style>text{fill:#222}.axis{stroke:#222}@media(prefers-color-scheme:dark){text{fill:#ddd}.axis{stroke:#ddd}}</style>\n");
        svg.Append($"<text x=\"10\" y=\"22\" font-size=\"16\">{Escape(title)}</text>\n");
        svg.Append($"<text x=\"10\" y=\"{Top - 18}\">{Escape(up)}</text>\n");
        svg.Append($"<text x=\"{Width - Right}\" y=\"{Height - 10}\" text-anchor=\"end\">{Escape(across)}</text>\n");
        for (var i = 0; i <= Ticks; i++)
        {
            var (x, y) = (mostX * i / Ticks, mostY * i / Ticks);
            svg.Append($"<text x=\"{Number(X(x))}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{Number(x)}</text>");
            svg.Append($"<text x=\"{Left - 8}\" y=\"{Number(Y(y) + 4)}\" text-anchor=\"end\">{Number(y)}</text>");
            svg.Append(Line(Left, Y(y), Width - Right, Y(y), i == 0 ? "" : " stroke-opacity=\"0.15\""));
        }

        svg.Append(Line(Left, Top, Left, Height - Bottom, ""));
        for (var i = 0; i < curves.Count; i++) Append(svg, curves[i], i, X, Y);
        return svg.Append("</svg>\n").ToString();
    }

    static void Append(StringBuilder svg, Curve curve, int number, Func<double, double> x, Func<double, double> y)
    {
        var colour = s_colours[number % s_colours.Length];
        var line = string.Join(' ', curve.Points.Select(p => $"{Number(x(p.X))},{Number(y(p.Y))}"));
        svg.Append($"<polyline points=\"{line}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
        foreach (var (px, py) in curve.Points) svg.Append($"<circle cx=\"{Number(x(px))}\" cy=\"{Number(y(py))}\" r=\"3.5\" fill=\"{colour}\"/>");
        var at = Width - Right - 220 * (number + 1);
        svg.Append($"<rect x=\"{at}\" y=\"36\" width=\"12\" height=\"12\" fill=\"{colour}\"/><text x=\"{at + 18}\" y=\"46\">{Escape(curve.Name)}</text>\n");
    }

    /// <summary>The next number with one digit above, or 1 for nothing.</summary>
    static double Round(double most)
    {
        if (most <= 0) return 1;
        var digit = Math.Pow(10, Math.Floor(Math.Log10(most)));
        return Math.Ceiling(most / digit) * digit;
    }

    static string Line(double x1, double y1, double x2, double y2, string more) =>
        $"<line class=\"axis\" x1=\"{Number(x1)}\" y1=\"{Number(y1)}\" x2=\"{Number(x2)}\" y2=\"{Number(y2)}\"{more}/>\n";

    static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    static string Escape(string text) => SecurityElement.Escape(text) ?? "";
}
