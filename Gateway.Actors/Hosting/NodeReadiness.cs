using Gateway.Actors.Hosting.Clustering;

namespace Gateway.Actors.Hosting;

/// <summary>A node carries sessions when it is a member, listens, and can record.</summary>
sealed class NodeReadiness(ClusterView cluster, NodeActors actors, JournalProbe journal) : IReadiness
{
    public IReadOnlyList<ReadinessCheck> Checks => [cluster.Readiness, actors.Listening, journal.Check];
}
