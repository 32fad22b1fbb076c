namespace Gateway.Actors.Hosting;

/// <summary>The cluster as this node sees it at this moment.</summary>
public interface IClusterView
{
    /// <summary>The members, this node included, ordered by name.</summary>
    IReadOnlyList<NodeView> Nodes { get; }

    /// <summary>The key of this node process.</summary>
    string OwnKey { get; }
}

/// <summary>One member of the cluster.</summary>
/// <param name="Key">The key of the node process, as sessions and the journal name it.</param>
/// <param name="Name">What operators call it.</param>
/// <param name="Address">Host and remoting port.</param>
/// <param name="Roles">Cluster roles, such as <c>gateway</c> or <c>lighthouse</c>.</param>
/// <param name="Status">The membership status in lower case, such as <c>up</c> or <c>leaving</c>.</param>
/// <param name="Reachable">False while this node gets no heartbeat from it.</param>
public sealed record NodeView(string Key, string Name, string Address, IReadOnlyList<string> Roles, string Status, bool Reachable);
