using System.Globalization;

namespace Gateway.Benchmarks.Machine;

/// <summary>The fields of <c>/proc/PID/stat</c> that a measurement needs. proc(5).</summary>
/// <param name="Id">Field 1.</param>
/// <param name="Parent">Field 4.</param>
/// <param name="CpuTicks">utime + stime + cutime + cstime, fields 14 to 17, in clock ticks: its own and that of children it has waited
/// for.</param>
readonly record struct ProcessStat(int Id, int Parent, long CpuTicks)
{
    /// <summary>USER_HZ, which is 100 on every Linux architecture .NET runs on.</summary>
    public const int TicksPerSecond = 100;

    public double CpuSeconds => (double)CpuTicks / TicksPerSecond;

    /// <summary>
    /// Reads one line. The second field is the program's name in brackets and may itself hold blanks and brackets, so the fields are
    /// counted from the last closing one.
    /// </summary>
    public static bool TryParse(string line, out ProcessStat stat)
    {
        stat = default;
        var (open, close) = (line.IndexOf('('), line.LastIndexOf(')'));
        if (open < 1 || close < open) return false;
        var fields = line[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 15 || !int.TryParse(line.AsSpan(0, open), CultureInfo.InvariantCulture, out var id)) return false;
        if (!int.TryParse(fields[1], CultureInfo.InvariantCulture, out var parent)) return false;
        long ticks = 0;
        foreach (var field in fields.AsSpan(11, 4))
        {
            if (!long.TryParse(field, CultureInfo.InvariantCulture, out var part)) return false;
            ticks += part;
        }

        stat = new ProcessStat(id, parent, ticks);
        return true;
    }
}
