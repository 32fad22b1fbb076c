using System.Collections.Immutable;
using System.Net;
using Gateway.Actors.Accept;
using Gateway.Actors.Connections;
using Gateway.Actors.Registry;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting;

/// <summary>
/// The connections of this node's file and those of the registry, read as this node reads them: the same document may be sound on one node and not
/// on another that lacks an issuer or a secret's file. Where both have a name, the file wins. Safe for use from several threads.
/// </summary>
public sealed partial class NodeConnections : IConnections
{
    readonly IReadOnlyList<ConnectionProfile> _ofFile;
    readonly Func<RegisteredConnection, LoadedConnections> _read;
    readonly ILogger _log;
    readonly Lock _lock = new();
    ImmutableDictionary<string, Parsed> _ofRegistry = ImmutableDictionary.Create<string, Parsed>(StringComparer.Ordinal);
    long _revision;
    volatile OpenPorts _report = OpenPorts.None;

    public NodeConnections(
        IReadOnlyList<ConnectionProfile> ofFile, IRegistry registry, Func<RegisteredConnection, LoadedConnections> read, ILogger<NodeConnections> log)
    {
        (_ofFile, _read, _log) = (ofFile, read, log);
        // In this order, so that no change falls between the two.
        registry.Subscribe(snapshot =>
        {
            if (Update(snapshot)) Changed();
        });
        Update(registry.Current);
    }

    /// <summary>Called after each change of <see cref="Wanted"/>. To be set once, before anything can change.</summary>
    public Action Changed { get; set; } = () => { };

    /// <summary>The ports that can be had are open.</summary>
    public bool IsListening => _report != OpenPorts.None;

    /// <summary>What is to be listened for.</summary>
    public IReadOnlyList<WantedListener> Wanted =>
    [
        .. _ofFile.Select(p => new WantedListener(p.Name, 0, p, null)),
        .. _ofRegistry.Values.Where(r => !IsOfFile(r.Of.Name)).Select(r => new WantedListener(r.Of.Name, r.Of.Revision, r.Profile, r.Problem)),
    ];

    public IReadOnlyList<ConnectionProfile> All => [.. Served.Where(s => s.Problem is null).Select(s => s.Profile!)];

    public IReadOnlyList<ServedConnection> Served
    {
        get
        {
            var report = _report;
            var ofFile = _ofFile.Select(p => new ServedConnection(p.Name, ConnectionOrigin.File, 0, Real(p, report), report.Problem(p.Name)));
            var ofRegistry = _ofRegistry.Values.Select(r => new ServedConnection(
                r.Of.Name, ConnectionOrigin.Registry, r.Of.Revision, r.Profile is { } p ? Real(p, report) : null,
                IsOfFile(r.Of.Name) ? "is also in this node's connections file, which wins; remove one of them" : r.Problem ?? report.Problem(r.Of.Name)));
            return [.. ofFile.Concat(ofRegistry).OrderBy(s => s.Name, StringComparer.Ordinal).ThenBy(s => s.Origin)];
        }
    }

    /// <summary>Takes how the connections are served.</summary>
    public void Take(IReadOnlyList<ListenersShown> shown, IReadOnlyDictionary<string, IPEndPoint> addresses) => _report = new OpenPorts(shown, addresses);

    /// <summary>Reads those anew that were not sound: a file may be there by now.</summary>
    public void LookAgain()
    {
        bool changed;
        lock (_lock)
        {
            var before = _ofRegistry;
            foreach (var unsound in before.Values.Where(r => r.Profile is null)) _ofRegistry = _ofRegistry.SetItem(unsound.Of.Name, Load(unsound.Of));
            changed = before.Values.Any(r => r.Problem != _ofRegistry[r.Of.Name].Problem);
        }

        if (changed) Changed();
    }

    bool Update(RegistrySnapshot snapshot)
    {
        lock (_lock)
        {
            if (snapshot.Revision < _revision) return false;
            _revision = snapshot.Revision;
            var before = _ofRegistry;
            var now = ImmutableDictionary.CreateBuilder<string, Parsed>(StringComparer.Ordinal);
            foreach (var connection in snapshot.Connections.Values)
            {
                now[connection.Name] = before.TryGetValue(connection.Name, out var read) && read.Of.Revision == connection.Revision ? read : Load(connection);
            }

            _ofRegistry = now.ToImmutable();
            return before.Count != now.Count || now.Values.Any(read => !before.TryGetValue(read.Of.Name, out var old) || !ReferenceEquals(old, read));
        }
    }

    Parsed Load(RegisteredConnection connection)
    {
        if (IsOfFile(connection.Name)) LogHidden(_log, connection.Name);
        var loaded = _read(connection);
        if (loaded is { Faults.Count: 0, Profiles: [{ } profile] }) return new(connection, profile, null);
        var problem = loaded.Faults.Count > 0 ? string.Join("; ", loaded.Faults.Take(3)) : "holds no connection";
        LogUnsound(_log, connection.Name, connection.Revision, problem);
        return new(connection, null, problem);
    }

    bool IsOfFile(string name) => _ofFile.Any(p => p.Name == name);

    static ConnectionProfile Real(ConnectionProfile profile, OpenPorts report) =>
        report.Addresses.TryGetValue(profile.Name, out var address) ? profile with { Listen = address } : profile;

    [LoggerMessage(520, LogLevel.Warning, "Connection {Connection} of the registry is not served here: this node's connections file has one of that name")]
    static partial void LogHidden(ILogger log, string connection);

    [LoggerMessage(521, LogLevel.Error, "Connection {Connection} of the registry, revision {Revision}, is not served here: {Problem}")]
    static partial void LogUnsound(ILogger log, string connection, long revision, string problem);

    sealed record Parsed(RegisteredConnection Of, ConnectionProfile? Profile, string? Problem);

    sealed record OpenPorts(IReadOnlyList<ListenersShown> Shown, IReadOnlyDictionary<string, IPEndPoint> Addresses)
    {
        public static readonly OpenPorts None = new([], ImmutableDictionary<string, IPEndPoint>.Empty);

        public string? Problem(string name)
        {
            if (Addresses.ContainsKey(name)) return null;
            return Shown.FirstOrDefault(s => s.Connection == name)?.Problem is { Length: > 0 } problem ? problem : "does not listen yet";
        }
    }
}
