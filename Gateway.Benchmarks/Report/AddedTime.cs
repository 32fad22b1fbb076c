using System.Globalization;
using Gateway.Benchmarks.Measures;
using Gateway.Benchmarks.Relays;

namespace Gateway.Benchmarks.Report;

/// <summary>What each relay adds on average to the time until a record is confirmed, beside the goal. Empty where nothing shows how long it takes without a relay.</summary>
static class AddedTime
{
    /// <summary>Milliseconds that the gateway may add on average at half load.</summary>
    public const double Goal = 1;

    const double MicrosPerMilli = 1_000;

    public static string Render(RelayResults results)
    {
        var added = results.Relays.Select(r => (r.Name, Added: Of(results, r.Name))).Where(r => r.Added is not null).ToArray();
        if (added.Length == 0) return "";
        var each = string.Join(", ", added.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Name} {r.Added:F2} ms")));
        return string.Create(CultureInfo.InvariantCulture, $"Added on average until a record of 1 KiB is confirmed, at half load: {each}. The goal for the gateway is at most {Goal:0.#} ms.");
    }

    /// <summary>Milliseconds beyond what it took without a relay in the same round; the median of the rounds. Null where one or the other was not measured.</summary>
    static double? Of(RelayResults results, string relay)
    {
        if (relay == DirectRelay.Title) return null;
        var without = Rounds(DirectRelay.Title);
        var added = Rounds(relay).Join(without, s => s.Round, s => s.Round, (mine, bare) => (mine.Value - bare.Value) / MicrosPerMilli).ToArray();
        return added.Length == 0 ? null : Statistics.SpreadOf(added).Median;

        IEnumerable<Sample> Rounds(string whose) => results.Samples.Where(s => s.Measure == PublishCell.AverageId && s.Relay == whose);
    }
}
