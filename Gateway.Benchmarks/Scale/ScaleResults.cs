using Gateway.Benchmarks.Machine;

namespace Gateway.Benchmarks.Scale;

/// <summary>Everything one run found, and what could not be measured, and why.</summary>
sealed record ScaleResults(
    DateTimeOffset MeasuredAt, MachineFacts Machine, TimeSpan Watched, IReadOnlyList<IdlePoint> Idle, IReadOnlyList<BusyPoint> Busy, IReadOnlyList<ClusterPoint> Clusters,
    IReadOnlyList<string> Absent);

/// <summary>So many sessions are open on one node and silent.</summary>
/// <param name="Sessions">0: none yet.</param>
/// <param name="ResidentBytes">Of the node.</param>
/// <param name="CpuShare">Processor time of the node per second, in seconds: 1 is one core.</param>
/// <param name="StartedPerSecond">How many of the sessions that are new since the point before began each second, with client and upstream on the same machine.</param>
/// <param name="StartSeconds">Processor time of the node for each of these.</param>
sealed record IdlePoint(int Sessions, long ResidentBytes, double CpuShare, double StartedPerSecond, double StartSeconds);

/// <summary>So many sessions are open on one node, and each says a message a second, which is answered.</summary>
/// <param name="Sessions">How many.</param>
/// <param name="MessageSeconds">Processor time of the node for each message there and back.</param>
/// <param name="CpuShare">As with idle ones.</param>
/// <param name="Median">Round trip, seconds.</param>
/// <param name="Slow">The 99th percentile of the same.</param>
/// <param name="Late">Messages that were not back when the next was due, which was then left out.</param>
sealed record BusyPoint(int Sessions, double MessageSeconds, double CpuShare, double Median, double Slow, int Late);

/// <summary>A cluster of so many nodes, a lighthouse and a PostgreSQL server on one machine, without clients.</summary>
/// <param name="Nodes">How many.</param>
/// <param name="UpSeconds">From the start of all processes at once until every node is ready.</param>
/// <param name="NodeBytes">Resident memory of a node, on average.</param>
/// <param name="NodeShare">Processor time of a node per second, on average.</param>
/// <param name="LighthouseBytes">Of the lighthouse.</param>
/// <param name="LighthouseShare">Of the lighthouse.</param>
/// <param name="DatabaseShare">Of the PostgreSQL server.</param>
sealed record ClusterPoint(
    int Nodes, double UpSeconds, double NodeBytes, double NodeShare, double LighthouseBytes, double LighthouseShare, double DatabaseShare);
