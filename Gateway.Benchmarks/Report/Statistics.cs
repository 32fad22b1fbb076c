namespace Gateway.Benchmarks.Report;

/// <summary>The middle of repeated values and how far they lie apart.</summary>
readonly record struct Spread(double Median, double Least, double Most, int Count);

static class Statistics
{
    /// <summary>The value below which the given share (0 to 1) of the sorted values lies, interpolated between neighbours.</summary>
    public static double Percentile(ReadOnlySpan<double> sorted, double share)
    {
        if (sorted.IsEmpty) throw new ArgumentException("No values.", nameof(sorted));
        var place = share * (sorted.Length - 1);
        var (below, above) = ((int)Math.Floor(place), (int)Math.Ceiling(place));
        return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
    }

    public static Spread SpreadOf(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return new Spread(Percentile(sorted, 0.5), sorted[0], sorted[^1], sorted.Length);
    }
}
