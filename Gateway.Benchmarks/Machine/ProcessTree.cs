using System.Globalization;

namespace Gateway.Benchmarks.Machine;

/// <summary>A process and everything it started, read from /proc.</summary>
sealed class ProcessTree(int root)
{
    /// <summary>Polls after a load before the relay counts as silent.</summary>
    const int SettlePolls = 20;

    static readonly TimeSpan s_settlePause = TimeSpan.FromMilliseconds(50);

    /// <summary>CPU time of all processes, user and system, in seconds.</summary>
    public double CpuSeconds() => Members().Sum(s => s.CpuSeconds);

    /// <summary>Resident memory of all processes, in bytes. Pages they share count once for each.</summary>
    public long ResidentBytes() => Members().Sum(s => ResidentBytes(s.Id));

    /// <summary>CPU time once the relay has finished what follows a load (closing, journaling), or after a second.</summary>
    public async Task<double> SettledCpuSeconds(CancellationToken cancel)
    {
        var before = CpuSeconds();
        for (var i = 0; i < SettlePolls; i++)
        {
            await Task.Delay(s_settlePause, cancel);
            var now = CpuSeconds();
            if (now - before < 1.0 / ProcessStat.TicksPerSecond) return now;
            before = now;
        }

        return before;
    }

    List<ProcessStat> Members()
    {
        var all = All().ToLookup(s => s.Parent);
        var members = new List<ProcessStat>();
        if (Read(root) is not { } first) throw new InvalidOperationException($"Process {root} has ended.");
        members.Add(first);
        for (var i = 0; i < members.Count; i++) members.AddRange(all[members[i].Id]);
        return members;
    }

    static IEnumerable<ProcessStat> All()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var id)) continue;
            if (Read(id) is { } stat) yield return stat;
        }
    }

    static ProcessStat? Read(int id) => Text($"/proc/{id}/stat") is { } line && ProcessStat.TryParse(line, out var stat) ? stat : null;

    // Second field of statm: resident pages.
    static long ResidentBytes(int id) => Text($"/proc/{id}/statm") is { } line
        ? long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize
        : 0;

    // Processes end while the list is read.
    static string? Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
