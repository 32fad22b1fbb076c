using System.Net;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Registry;

/// <summary>What documents may do to connections that are registered already.</summary>
public enum ApplyMode
{
    /// <summary>Whatever is needed: add or update.</summary>
    Apply,

    /// <summary>Add; a connection of that name is a fault.</summary>
    Add,

    /// <summary>Update; that there is none of that name is a fault.</summary>
    Update,
}

/// <summary>One document's connection, before and after. Null <paramref name="Before"/>: it is added; null <paramref name="After"/>: removed.</summary>
public sealed record ConnectionChange(string Name, string? Before, string? After)
{
    public bool IsNone => Before == After;

    public DocumentKind Kind { get; init; }

    /// <summary><c>added</c>, <c>updated</c>, <c>removed</c> or <c>unchanged</c>.</summary>
    public string Word => this switch
    {
        { IsNone: true } => "unchanged",
        { Before: null } => "added",
        { After: null } => "removed",
        _ => "updated",
    };

    /// <summary>What speaks against it where documents may do no more than that.</summary>
    public IEnumerable<ConfigurationFault> Against(ApplyMode mode)
    {
        if (mode == ApplyMode.Add && Before is not null)
            yield return new($"{Kind.Word()} {Name}", null, "is registered already", "give it another name, or update it");
        if (mode == ApplyMode.Update && Before is null)
            yield return new($"{Kind.Word()} {Name}", null, "is not registered", "correct the name, or add it");
    }
}

/// <summary>What a document states.</summary>
public enum DocumentKind
{
    Connection,
    Certificate,
    Policy,
}

/// <summary>A connection that listens, or will.</summary>
public sealed record ListeningConnection(string Name, IPEndPoint Listen);

/// <summary>What has to be done to the registry so that it holds the documents. Pure. Use the changes only where there is no fault.</summary>
public sealed record ConnectionsPlan(IReadOnlyList<ConnectionChange> Changes, IReadOnlyList<ConfigurationFault> Faults)
{
    /// <param name="now">The registry.</param>
    /// <param name="loaded">The documents, without faults.</param>
    /// <param name="mode">What they may do.</param>
    /// <param name="prune">Whether every registered connection without a document is removed.</param>
    /// <param name="ofFile">The connections of the node's own file, which the registry cannot have.</param>
    /// <param name="registered">Where the connections of the registry listen, as far as they are sound.</param>
    public static ConnectionsPlan Of(
        RegistrySnapshot now, LoadedConnections loaded, ApplyMode mode, bool prune, IReadOnlyList<ListeningConnection> ofFile,
        IReadOnlyList<ListeningConnection> registered)
    {
        var names = loaded.Profiles.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var puts = loaded.Profiles.Zip(loaded.Documents, (profile, document) =>
            new ConnectionChange(profile.Name, now.Connections.GetValueOrDefault(profile.Name)?.Document, document));
        var removals = prune ? now.Connections.Values.Where(c => !names.Contains(c.Name)).Select(c => new ConnectionChange(c.Name, c.Document, null)) : [];
        ConnectionChange[] changes = [.. puts.Concat(removals).OrderBy(c => c.Name, StringComparer.Ordinal)];
        var stay = registered.Where(r => !Array.Exists(changes, c => c.Name == r.Name)).ToArray();
        return new(changes, [.. changes.SelectMany(c => c.Against(mode)), .. loaded.Profiles.SelectMany(p => Clashes(p, ofFile, stay))]);
    }

    /// <summary>The events that make the changes; none where everything is so already.</summary>
    public IReadOnlyList<RegistryEvent> Events(Act act) =>
    [
        .. Changes.Where(c => !c.IsNone).Select(c => Event(c, act)),
    ];

    static RegistryEvent Event(ConnectionChange change, Act act) => change switch
    {
        { Kind: DocumentKind.Policy, After: { } policy } => new PolicyPut { Act = act, Name = change.Name, Document = policy },
        { Kind: DocumentKind.Policy } => new PolicyRemoved { Act = act, Name = change.Name },
        { Kind: DocumentKind.Certificate, After: { } declaration } => new CertificatePut { Act = act, Name = change.Name, Document = declaration },
        { Kind: DocumentKind.Certificate } => new CertificateRemoved { Act = act, Name = change.Name },
        { After: { } document } => new ConnectionPut { Act = act, Name = change.Name, Document = document },
        _ => new ConnectionRemoved { Act = act, Name = change.Name },
    };

    static IEnumerable<ConfigurationFault> Clashes(ConnectionProfile profile, IReadOnlyList<ListeningConnection> ofFile, ListeningConnection[] others)
    {
        if (ofFile.Any(f => f.Name == profile.Name))
        {
            yield return new(
                $"connection {profile.Name}", null, "is in the connections file of the node that answers, which would win",
                "give it another name, or take it out of the file");
        }

        if (ofFile.Concat(others).FirstOrDefault(o => o.Name != profile.Name && profile.Listens.Any(l => ListenAddresses.Overlap(o.Listen, l))) is { } taken)
            yield return new($"connection {profile.Name} spec.listen", profile.Listen.ToString(), $"is where connection {taken.Name} listens", "choose another port or address");
    }
}
