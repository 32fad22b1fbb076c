namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>The cluster as the answering node, <paramref name="Answered"/>, sees it.</summary>
public sealed record ClusterSight(string Answered, IReadOnlyList<NodeView> Nodes);

/// <summary>The node of key <paramref name="Node"/> has begun to drain.</summary>
public sealed record DrainView(string Node, string State);

/// <summary>Whether the node can carry sessions, and every condition of it.</summary>
public sealed record ReadinessView(bool Ready, IReadOnlyList<ReadinessCheck> Checks)
{
    /// <summary>A node of which nothing was checked is not ready.</summary>
    public static ReadinessView Of(IEnumerable<IReadiness> parts)
    {
        var checks = parts.SelectMany(part => part.Checks).ToList();
        return new(checks.Count > 0 && checks.TrueForAll(check => check.Ok), checks);
    }
}

public sealed record LivenessView(bool Alive);
