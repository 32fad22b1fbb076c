using System.Diagnostics;
using System.Globalization;

namespace Gateway.Specs.Support;

/// <summary>What a running process has taken so far. Linux only.</summary>
static class ProcessFacts
{
    /// <summary>Time on processors, of all threads, in the kernel and outside.</summary>
    public static TimeSpan Processor(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.TotalProcessorTime;
    }

    /// <summary>The most memory it ever had resident, in MiB; 0 once it has ended.</summary>
    public static long HighWater(int id)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(one => one.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
