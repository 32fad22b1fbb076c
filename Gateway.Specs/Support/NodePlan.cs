using System.Net;
using Gateway.Specs.Support.Network;

namespace Gateway.Specs.Support;

/// <summary>Where a spec wants a node of a cluster to be, and what it is to have besides what every spec's have.</summary>
public sealed record NodePlan
{
    /// <summary>Where its connection <c>echo</c> listens.</summary>
    public required IPEndPoint Address { get; init; }

    /// <summary>Where it runs; null: on this machine itself.</summary>
    internal NetworkHost? Host { get; init; }

    public int AdminPort { get; init; } = FreePort.Next();

    /// <summary>More documents for its connections file, each after a line of <c>---</c>.</summary>
    public string Connections { get; init; } = "";

    /// <summary>Files by name that only their owner can read.</summary>
    public Dictionary<string, string> Secrets { get; init; } = [];

    /// <summary>As variables of the environment.</summary>
    public Dictionary<string, string> Settings { get; init; } = [];

    /// <summary>Nodes at the same port of different addresses of the loopback, as behind a balancer that has that port too.</summary>
    public static IReadOnlyList<NodePlan> AtOnePort(int count)
    {
        var port = FreePort.Next();
        return [.. Enumerable.Range(1, count).Select(n => new NodePlan { Address = new IPEndPoint(IPAddress.Parse($"127.0.0.1{n}"), port) })];
    }
}
