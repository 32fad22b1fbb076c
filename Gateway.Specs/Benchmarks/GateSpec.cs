using Gateway.Benchmarks.Gate;
using Gateway.Benchmarks.Measures;
using Gateway.Benchmarks.Micro;
using Gateway.Benchmarks.Report;
using Xunit;

namespace Gateway.Specs.Benchmarks;

public sealed class GateSpec
{
    static object? s_kept;

    [Fact]
    public void A_path_that_allocates_once_each_time_does_not_pass()
    {
        var result = AllocationGate.Judge(new HotPath("boxes", () => s_kept = new byte[8], MayAllocate: false));

        Assert.False(result.Holds);
        Assert.Equal("FAIL boxes allocates nothing: 32 bytes each time", result.ToString());
    }

    [Fact]
    public void A_path_that_allocates_nothing_passes()
    {
        var result = AllocationGate.Judge(new HotPath("nothing", () => { }, MayAllocate: false));

        Assert.True(result.Holds);
    }

    [Theory]
    [InlineData(1.0, true)]
    [InlineData(1.01, false)]
    public void A_ratio_passes_up_to_its_bound(double share, bool holds)
    {
        var results = Results(RatioGate.Bounds.SelectMany(b => new[]
        {
            new Sample(b.Key, "nginx", 0, 0.25), new Sample(b.Key, "gateway", 0, 0.25 * b.Value * share),
        }));

        var judged = RatioGate.Judge(results);

        Assert.All(judged, result => Assert.Equal(holds, result.Holds));
    }

    [Fact]
    public void What_was_not_measured_does_not_pass()
    {
        var judged = RatioGate.Judge(Results([])).ToArray();

        Assert.Equal(RatioGate.Bounds.Count, judged.Length);
        Assert.All(judged, result => Assert.Equal((false, "not measured; haproxy: it is not installed"), (result.Holds, result.Found)));
    }

    static RelayResults Results(IEnumerable<Sample> samples) =>
        SampleResults.Of([.. samples]) with { Measures = [.. RatioGate.Bounds.Keys.Select(id => new Measure(id, id, "s"))] };
}
