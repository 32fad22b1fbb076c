using Gateway.Benchmarks.Micro;

namespace Gateway.Benchmarks.Gate;

/// <summary>Steady paths allocate nothing. Counted, not timed: the answer is the same on every machine.</summary>
static class AllocationGate
{
    const int WarmUps = 2_000;
    const int Runs = 1_000;

    /// <summary>Bytes the path allocates each time, on this thread, once its pools and code are warm.</summary>
    public static double BytesEachTime(HotPath path)
    {
        for (var i = 0; i < WarmUps; i++) path.Once();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Runs; i++) path.Once();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Runs;
    }

    /// <summary>Below one byte in a thousand runs is a pool that was refilled once, not a path that allocates.</summary>
    public static GateResult Judge(HotPath path)
    {
        var bytes = BytesEachTime(path);
        return new GateResult($"{path.Name} allocates nothing", bytes < 1, FormattableString.Invariant($"{bytes:F0} bytes each time"));
    }
}

/// <summary>One promise, whether it holds, and what was found.</summary>
sealed record GateResult(string Promise, bool Holds, string Found)
{
    public override string ToString() => $"{(Holds ? "ok  " : "FAIL")} {Promise}: {Found}";
}
