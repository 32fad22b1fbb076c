using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Relays;

namespace Gateway.Benchmarks.Measures;

/// <summary>
/// Resident memory that open, silent sessions cost: raw ones, then as many of Kafka's that are logged in, while the first stay open. Run first, on a relay
/// that has carried next to nothing: memory that an earlier load left behind would be used again and hide the cost.
/// </summary>
sealed class IdleCell(int sessions) : Cell(Route.Raw)
{
    const int First = 64;
    const double KiB = 1024;

    readonly Measure _raw = new("idle", $"RSS per idle session, {sessions:N0} sessions", "KiB");
    readonly Measure _kafka = new("kafka-idle", $"RSS per idle session of Kafka, logged in by a token, {sessions:N0} sessions", "KiB");

    public override IReadOnlyList<Measure> Measures => [_raw, _kafka];

    public override async Task<IReadOnlyList<Reading>> Run(Workbench bench, IRelay relay, double share, CancellationToken cancel)
    {
        if (relay.Processes is null) return [];
        using var loop = new LoadLoop();
        using var raw = await Open(Route.Raw);
        using var kafka = await Open(Route.KafkaLogin);
        return [new(_raw, relay.Name, raw.KiBEach), new(_kafka, relay.Name, kafka.KiBEach)];

        async Task<Silent> Open(Route route)
        {
            var processes = relay.Processes;
            // What the first sessions cost once and for all (code, tables, pools) is not a session's.
            using (new Opened(bench, relay, route, loop, First)) await processes.SettledCpuSeconds(cancel);
            await processes.SettledCpuSeconds(cancel);
            var before = processes.ResidentBytes();
            var opened = new Opened(bench, relay, route, loop, sessions);
            await processes.SettledCpuSeconds(cancel);
            return new Silent(opened, (processes.ResidentBytes() - before) / KiB / sessions);
        }
    }

    /// <summary>Sessions that stay open until they are disposed, and what each of them takes.</summary>
    sealed record Silent(Opened Sessions, double KiBEach) : IDisposable
    {
        public void Dispose() => Sessions.Dispose();
    }
}
