using System.Net;
using Gateway.Actors.Connections;

namespace Gateway.Actors.Accept;

/// <summary>A connection that this node is to serve, or cannot: then <paramref name="Problem"/> says why and there is no profile.</summary>
/// <param name="Name">Unique among those wanted.</param>
/// <param name="Revision">The registry's number of it; 0 for one of the connections file.</param>
/// <param name="Profile">Null with a problem.</param>
/// <param name="Problem">What is wrong with it on this node, and the remedy.</param>
public sealed record WantedListener(string Name, long Revision, ConnectionProfile? Profile, string? Problem);

/// <summary>A port that is open, or is being closed, for the profile's connection.</summary>
public sealed record OpenListener(ConnectionProfile Profile, bool IsStopping)
{
    public IEnumerable<IPEndPoint> Asked => Profile.Listens;
}

/// <summary>
/// What has to be done so that what listens is what is wanted. Pure. A changed address closes a port and opens another; changed rules alone leave
/// it open. A port is not opened before one that is in its way has been closed.
/// </summary>
public sealed record ListenersPlan(
    IReadOnlyList<string> Stop, IReadOnlyList<ConnectionProfile> Swap, IReadOnlyList<ConnectionProfile> Open)
{
    public static ListenersPlan Of(IReadOnlyDictionary<string, OpenListener> open, IReadOnlyList<WantedListener> wanted)
    {
        var profiles = wanted.Select(w => w.Profile).OfType<ConnectionProfile>().ToDictionary(p => p.Name, StringComparer.Ordinal);
        var stop = open.Where(o => !o.Value.IsStopping && !Stays(o.Value, profiles.GetValueOrDefault(o.Key))).Select(o => o.Key).ToArray();
        var leaving = open.Where(o => o.Value.IsStopping || stop.Contains(o.Key)).ToArray();
        return new(
            stop,
            [.. profiles.Values.Where(p => open.TryGetValue(p.Name, out var o) && Stays(o, p) && !ReferenceEquals(o.Profile, p))],
            [
                .. profiles.Values.Where(p => !open.ContainsKey(p.Name) && !Array.Exists(leaving, o => ListenAddresses.Overlap(o.Value.Asked, p.Listens)))
                    .OrderBy(p => p.Name, StringComparer.Ordinal),
            ]);
    }

    static bool Stays(OpenListener open, ConnectionProfile? wanted) => !open.IsStopping && wanted is not null && wanted.Listens.SequenceEqual(open.Asked);
}
