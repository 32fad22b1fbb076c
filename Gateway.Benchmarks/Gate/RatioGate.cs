using Gateway.Benchmarks.Relays;
using Gateway.Benchmarks.Report;

namespace Gateway.Benchmarks.Gate;

/// <summary>
/// The gateway's cost stays within a multiple of nginx's in the same run. Never seconds: machines differ. The bounds are about twice what
/// was measured when they were set; they catch a path that became wrong, not one that became ten percent slower.
/// </summary>
static class RatioGate
{
    public static readonly IReadOnlyDictionary<string, double> Bounds = new Dictionary<string, double>
    {
        // Most of it is compression of text that a chunk holds nothing twice of.
        ["upload-8"] = 6,
        ["roundtrip-64-cost"] = 4,
        ["sessions-full"] = 5,
        // Next to nothing of it is noise: buffers that a silent session keeps are found here or nowhere.
        ["idle"] = 1.2,
    };

    public static IEnumerable<GateResult> Judge(RelayResults results) => Bounds.Select(bound =>
    {
        var promise = FormattableString.Invariant($"{bound.Key} costs at most {bound.Value:0.#} times nginx's");
        var measure = results.Measures.Single(m => m.Id == bound.Key);
        return results.Ratio(measure, GatewayFlavour.Default.Name, RatioTable.Reference) is { } ratio
            ? new GateResult(promise, ratio.Median <= bound.Value, FormattableString.Invariant($"{ratio.Median:F2} times"))
            : new GateResult(promise, false, $"not measured; {string.Join("; ", results.Absent)}");
    });
}
