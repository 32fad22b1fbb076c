using System.Diagnostics;
using System.Globalization;
using Gateway.Benchmarks.Relays;

namespace Gateway.Benchmarks.Machine;

/// <summary>How many files and sockets this process, and what it starts, may have open. proc(5), prlimit(1).</summary>
static class Descriptors
{
    /// <summary>The limit, raised to <paramref name="needed"/> where it is lower and root may do so.</summary>
    public static async Task<long> AtLeast(long needed, CancellationToken cancel)
    {
        if (Limit() >= needed || !Environment.IsPrivilegedProcess || RunningProgram.Find("prlimit") is not { } prlimit) return Limit();
        using var process = Process.Start(prlimit, ["--pid", $"{Environment.ProcessId}", $"--nofile={needed}:{needed}"]);
        await process.WaitForExitAsync(cancel);
        return Limit();
    }

    // "Max open files", the soft limit, the hard one, "files".
    static long Limit()
    {
        var line = File.ReadLines("/proc/self/limits").First(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        var hard = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        return long.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : long.MaxValue;
    }
}
