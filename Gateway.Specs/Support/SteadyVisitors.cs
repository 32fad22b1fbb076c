namespace Gateway.Specs.Support;

/// <summary>Visits one after the other, for as long as this lives. Every fault is kept: none is made good by another try.</summary>
sealed class SteadyVisitors : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly List<string> _faults = [];
    readonly Task _visiting;
    int _visits;

    /// <param name="pause">From the beginning of one to that of the next, where it does not take longer.</param>
    /// <param name="visit">What each does.</param>
    public SteadyVisitors(TimeSpan pause, Func<Task> visit) => _visiting = Task.Run(() => VisitAsync(pause, visit));

    public int Visits => Volatile.Read(ref _visits);

    /// <summary>Each with how long after the first visit began it happened.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_faults) return [.. _faults];
        }
    }

    /// <summary>Until so many more have come.</summary>
    public Task GoOnAsync(int visits)
    {
        var from = Visits;
        return Eventually.TrueAsync(() => Visits >= from + visits);
    }

    /// <summary>No more come, and the last one is over.</summary>
    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _visiting;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _stop.Dispose();
    }

    async Task VisitAsync(TimeSpan pause, Func<Task> visit)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        using var timer = new PeriodicTimer(pause);
        while (!_stop.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            try
            {
                await visit();
            }
            catch (Exception fault)
            {
                lock (_faults) _faults.Add($"{clock.Elapsed.TotalSeconds:0.0} s: {fault.Message}");
            }

            Interlocked.Increment(ref _visits);
        }
    }
}
