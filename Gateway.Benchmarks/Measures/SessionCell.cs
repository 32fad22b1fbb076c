using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Relays;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Measures;

/// <summary>New sessions that carry one byte each way and end: full handshakes on both legs, or the client's resumed by ticket.</summary>
sealed class SessionCell(bool resumed) : Cell(resumed ? Route.RawResuming : Route.Raw)
{
    const int Full = 400;
    const int AtOnce = 8;
    const double PerUnit = 1_000;

    // A command with one byte, and the byte that comes back.
    const int Said = RawDialogue.CommandBytes + 2;

    // Longer than a session that ended waits to be entered into the ledger.
    static readonly TimeSpan s_entered = TimeSpan.FromSeconds(1.5);

    readonly Measure _measure = new(
        resumed ? "sessions-resumed" : "sessions-full",
        $"CPU-s per 1,000 new sessions, {(resumed ? "resumed" : "full handshakes on both legs")}",
        "s/1000");

    readonly Measure _disk = new(
        $"{(resumed ? "sessions-resumed" : "sessions-full")}-disk",
        $"bytes on disk per session that says {Said} bytes, {(resumed ? "resumed" : "full handshakes on both legs")}",
        "B/session",
        IsOfJournal: true);

    // A session runs little code often: a runtime that compiles while it runs needs some thousands of them, where bulk needs megabytes.
    public override int WarmUps => 24;

    public override IReadOnlyList<Measure> Measures => [_measure, _disk];

    public override async Task<IReadOnlyList<Reading>> Run(Workbench bench, IRelay relay, double share, CancellationToken cancel)
    {
        var count = Math.Max(AtOnce, (int)(Full * share));
        var session = resumed ? FirstSession(bench, relay) : 0;
        try
        {
            var wasResumed = 0;
            var cost = await bench.CostOf(relay, () => wasResumed = Sessions(bench, relay, count, session), s_entered, cancel);
            if (resumed && wasResumed < count)
                throw new InvalidOperationException($"It resumed {wasResumed} of {count} sessions.");
            return [.. Costs(_measure, relay, cost, count / PerUnit), .. OnDisk(_disk, relay, cost, count)];
        }
        finally
        {
            if (session != 0) LibSsl.FreeSession(session);
        }
    }

    nint FirstSession(Workbench bench, IRelay relay)
    {
        using var loop = new LoadLoop();
        using var opened = new Opened(bench, relay, Route, loop, 1);
        return opened.Connections[0].TakeSession();
    }

    /// <summary>Opens and closes so many sessions, a few at once, and returns how many of them the relay resumed.</summary>
    int Sessions(Workbench bench, IRelay relay, int count, nint session)
    {
        using var loop = new LoadLoop();
        var (begun, wasResumed) = (0, 0);
        void Begin()
        {
            begun++;
            loop.Add(Exchange.Opening(bench.Connect(relay, Route, session), bench.Speaking(Route), bench.Scratch), isNew: true);
        }

        for (var i = 0; i < AtOnce; i++) Begin();
        loop.Run(Workbench.CellLimit, done =>
        {
            if (done.Connection.WasResumed) wasResumed++;
            done.Connection.Dispose();
            if (begun < count) Begin();
        });
        return wasResumed;
    }
}
