using System.Diagnostics;
using Gateway.Benchmarks.Machine;

namespace Gateway.Benchmarks.Scale;

/// <summary>Counts processor time of processes over a stretch of time.</summary>
sealed class Watch
{
    readonly (ProcessTree Tree, double Before)[] _watched;
    readonly long _began = Stopwatch.GetTimestamp();

    public Watch(params IEnumerable<ProcessTree> trees) => _watched = [.. trees.Select(tree => (tree, tree.CpuSeconds()))];

    /// <summary>Processor seconds of each since the beginning, per second.</summary>
    public double[] Shares()
    {
        var elapsed = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        return [.. _watched.Select(w => (w.Tree.CpuSeconds() - w.Before) / elapsed)];
    }

    /// <summary>The same over that time, in which nothing is done.</summary>
    public static async Task<double[]> SharesAsync(IEnumerable<ProcessTree> trees, TimeSpan time, CancellationToken cancel)
    {
        var watch = new Watch(trees);
        await Task.Delay(time, cancel);
        return watch.Shares();
    }
}
