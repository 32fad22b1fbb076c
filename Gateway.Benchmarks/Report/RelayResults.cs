using Gateway.Benchmarks.Machine;
using Gateway.Benchmarks.Measures;
using Gateway.Benchmarks.Relays;

namespace Gateway.Benchmarks.Report;

/// <summary>
/// Everything one run of the relay benchmark found: measures in the order of the report, relays with the reference first, and what could
/// not be measured, and why.
/// </summary>
sealed record RelayResults(
    DateTimeOffset MeasuredAt,
    MachineFacts Machine,
    string CommandLine,
    int Rounds,
    IReadOnlyList<Measure> Measures,
    IReadOnlyList<RelayFacts> Relays,
    IReadOnlyList<Sample> Samples,
    IReadOnlyList<string> Absent)
{
    /// <summary>The values of a relay; null where it has none.</summary>
    public Spread? Of(Measure measure, string relay)
    {
        var values = Samples.Where(s => s.Measure == measure.Id && s.Relay == relay).Select(s => s.Value).ToArray();
        return values.Length == 0 ? null : Statistics.SpreadOf(values);
    }

    /// <summary>
    /// The relay's value over the reference's value of the same round; null without a round in which both have one. Rounds are compared,
    /// not medians: what slowed one slowed the other.
    /// </summary>
    public Spread? Ratio(Measure measure, string relay, string reference)
    {
        var mine = Samples.Where(s => s.Measure == measure.Id && s.Relay == relay);
        var theirs = Samples.Where(s => s.Measure == measure.Id && s.Relay == reference && s.Value > 0);
        var ratios = mine.Join(theirs, s => s.Round, s => s.Round, (a, b) => a.Value / b.Value).ToArray();
        return ratios.Length == 0 ? null : Statistics.SpreadOf(ratios);
    }
}

/// <summary>What a reader needs to run the same relay. DIRECTORY stands for the one its files were in.</summary>
sealed record RelayFacts(string Name, string Version, string CommandLine, string Configuration)
{
    public static RelayFacts Of(IRelay relay, string directory) =>
        new(relay.Name, relay.Version, relay.CommandLine, relay.Configuration.Replace(directory, "DIRECTORY", StringComparison.Ordinal));
}
