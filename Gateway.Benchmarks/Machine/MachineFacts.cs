using System.Runtime.InteropServices;

namespace Gateway.Benchmarks.Machine;

/// <summary>What a reader must know of the machine to read the figures.</summary>
sealed record MachineFacts(string Processor, int Cores, double MemoryGiB, string System, string Runtime)
{
    public static MachineFacts Read() => new(
        Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30), 1),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription);

    public override string ToString() => $"{Processor}, {Cores} cores, {MemoryGiB} GiB; {System}; {Runtime}";

    static string? Field(string file, string name) => File.Exists(file)
        ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?.Split(':')[1].Trim()
        : null;
}
