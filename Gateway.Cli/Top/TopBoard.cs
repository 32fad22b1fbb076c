using System.Globalization;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli.Top;

/// <summary>The cluster at a moment: what a node answered.</summary>
/// <param name="At">On a clock that only goes forward.</param>
/// <param name="Nodes">Its members.</param>
/// <param name="Sessions">Open ones, with what each has relayed.</param>
public sealed record TopSample(TimeSpan At, IReadOnlyList<NodeView> Nodes, IReadOnlyList<SessionView> Sessions);

/// <summary>A node's open sessions, and bytes per second that pass in them.</summary>
public sealed record TopNode(string Key, string Name, string Status, bool Reachable, int Sessions, double ToUpstreamRate, double ToClientRate);

/// <summary>An open session; rates in bytes per second. What its node did not answer is null.</summary>
public sealed record TopSession(
    string Id, string Connection, string? Subject, string Client, double ToUpstreamRate, double ToClientRate, long? ToUpstreamBytes, long? ToClientBytes);

/// <summary>What happens in the cluster between two moments. Pure.</summary>
public sealed record TopBoard(IReadOnlyList<TopNode> Nodes, IReadOnlyList<TopSession> Sessions)
{
    static readonly string[] s_units = ["", "k", "M", "G", "T"];

    /// <param name="before">The earlier moment; null: there is none, and nothing passes.</param>
    /// <param name="now">The later.</param>
    public static TopBoard Of(TopSample? before, TopSample now)
    {
        var seconds = before is null ? 0 : (now.At - before.At).TotalSeconds;
        var earlier = (before?.Sessions ?? []).ToDictionary(session => session.Id, session => session.Live, StringComparer.Ordinal);
        var all = now.Sessions.Select(session => (session.Node, Row: Row(session, earlier.GetValueOrDefault(session.Id), seconds))).ToArray();
        return new(
            [
                .. now.Nodes.Where(node => node.Roles.Contains(NodeIdentity.GatewayRole))
                    .Select(node => Row(node, [.. all.Where(one => one.Node == node.Key).Select(one => one.Row)])),
            ],
            [
                .. all.Select(one => one.Row).OrderByDescending(row => row.ToUpstreamRate + row.ToClientRate)
                    .ThenByDescending(row => row.ToUpstreamBytes + row.ToClientBytes ?? -1).ThenBy(row => row.Id, StringComparer.Ordinal),
            ]);
    }

    /// <summary>A number of bytes as people read it: three digits and a unit of 1000.</summary>
    public static string Size(double bytes)
    {
        var unit = 0;
        for (; bytes >= 999.5 && unit < s_units.Length - 1; unit++) bytes /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{bytes.ToString(bytes < 9.95 && unit > 0 ? "0.0" : "0", CultureInfo.InvariantCulture)}{s_units[unit]}");
    }

    static TopNode Row(NodeView node, TopSession[] sessions) => new(
        node.Key, node.Name, node.Status, node.Reachable, sessions.Length, sessions.Sum(s => s.ToUpstreamRate), sessions.Sum(s => s.ToClientRate));

    static TopSession Row(SessionView session, LiveView? before, double seconds) => new(
        session.Id, session.Connection, session.Subject, session.Client,
        Rate(before?.ToUpstreamBytes, session.Live?.ToUpstreamBytes, seconds), Rate(before?.ToClientBytes, session.Live?.ToClientBytes, seconds),
        session.Live?.ToUpstreamBytes, session.Live?.ToClientBytes);

    static double Rate(long? before, long? now, double seconds) =>
        before is { } from && now is { } to && seconds > 0 ? Math.Max(0, to - from) / seconds : 0;
}
