using Gateway.Benchmarks.Relays;

namespace Gateway.Benchmarks.Measures;

/// <summary>One load that yields one or more measures. The same amount of work for every relay.</summary>
abstract class Cell(Route route)
{
    public abstract IReadOnlyList<Measure> Measures { get; }

    /// <summary>Runs of a quarter of the load before anything is measured.</summary>
    public virtual int WarmUps => 1;

    protected Route Route { get; } = route;

    /// <summary>
    /// Runs the load at a share of its full size. A reading of the measure that is a cost yields the cost of load generator and backend as
    /// well, where nothing is in between.
    /// </summary>
    public abstract Task<IReadOnlyList<Reading>> Run(Workbench bench, IRelay relay, double share, CancellationToken cancel);

    /// <summary>The costs of one load per unit of work, told apart by who had them.</summary>
    protected static IEnumerable<Reading> Costs(Measure measure, IRelay relay, Cost cost, double units) => relay.Processes is null
        ? [new(measure, Reading.LoadGenerator, cost.LoadGenerator / units), new(measure, Reading.Backend, cost.Backend / units)]
        : [new(measure, relay.Name, cost.Relay / units)];

    /// <summary>What recordings of the load took on disk per unit of work, where the relay keeps any.</summary>
    protected static IEnumerable<Reading> OnDisk(Measure measure, IRelay relay, Cost cost, double units) =>
        cost.OnDisk is { } bytes ? [new(measure, relay.Name, bytes / units)] : [];
}

/// <summary>A value before it is known which round it belongs to.</summary>
readonly record struct Reading(Measure Measure, string Whose, double Value)
{
    public const string LoadGenerator = "load generator", Backend = "backend";
}
