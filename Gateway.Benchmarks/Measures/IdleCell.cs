using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Relays;

namespace Gateway.Benchmarks.Measures;

/// <summary>
/// Resident memory that open, silent sessions cost. Run first, on a relay that has carried next to nothing: memory that an earlier load
/// left behind would be used again and hide the cost.
/// </summary>
sealed class IdleCell(int sessions) : Cell(Route.Raw)
{
    const int First = 64;
    const double KiB = 1024;

    readonly Measure _measure = new("idle", $"RSS per idle session, {sessions:N0} sessions", "KiB");

    public override IReadOnlyList<Measure> Measures => [_measure];

    public override async Task<IReadOnlyList<Reading>> Run(Workbench bench, IRelay relay, double share, CancellationToken cancel)
    {
        if (relay.Processes is not { } processes) return [];
        using var loop = new LoadLoop();
        // What the first sessions cost once and for all (code, tables, pools) is not a session's.
        using (new Opened(bench, relay, Route, loop, First)) await processes.SettledCpuSeconds(cancel);
        await processes.SettledCpuSeconds(cancel);
        var before = processes.ResidentBytes();
        using var opened = new Opened(bench, relay, Route, loop, sessions);
        await processes.SettledCpuSeconds(cancel);
        return [new(_measure, relay.Name, (processes.ResidentBytes() - before) / KiB / sessions)];
    }
}
