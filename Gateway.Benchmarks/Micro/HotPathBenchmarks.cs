using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Gateway.Benchmarks.Micro;

/// <summary>Times every <see cref="HotPath"/> and counts what it allocates.</summary>
public class HotPathBenchmarks
{
    Action _once = () => { };

    public static IEnumerable<string> Names => HotPaths.All().Select(p => p.Name);

    [ParamsSource(nameof(Names))]
    public string Path { get; set; } = "";

    [GlobalSetup]
    public void Find() => _once = HotPaths.All().Single(p => p.Name == Path).Once;

    [Benchmark]
    public void Once() => _once();

    /// <summary>Runs in this process: a generated project would not know this repository's build rules.</summary>
    internal static int Run(string[] arguments)
    {
        var config = ManualConfig.Create(DefaultConfig.Instance)
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(40))
            .WithArtifactsPath(System.IO.Path.Combine(Repository.Root, "artifacts", "benchmarks"));
        var summaries = BenchmarkSwitcher.FromTypes([typeof(HotPathBenchmarks)]).Run(["--filter", "*", .. arguments], config);
        return summaries.Any() && summaries.All(s => !s.HasCriticalValidationErrors && s.Reports.All(r => r.Success)) ? 0 : 1;
    }
}
