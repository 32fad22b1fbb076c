using System.Net;
using Gateway.Actors.Hosting;
using Gateway.Protocols;
using YamlDotNet.Core;

namespace Gateway.Actors.Connections;

/// <summary>The profiles of a connections file and everything that is wrong with it. Use the profiles only when nothing is.</summary>
public sealed record LoadedConnections(IReadOnlyList<ConnectionProfile> Profiles, IReadOnlyList<ConfigurationFault> Faults)
{
    /// <summary>The canonical documents of the profiles, in their order: public files that are known by their text are in them, not named.</summary>
    public IReadOnlyList<string> Documents { get; init; } = [];

    /// <summary>The certificates that are declared beside the connections.</summary>
    public IReadOnlyList<CertificateProfile> Certificates { get; init; } = [];

    /// <summary>Their canonical documents, in their order.</summary>
    public IReadOnlyList<string> CertificateDocuments { get; init; } = [];

    /// <summary>The access policies that are stated beside the connections.</summary>
    public IReadOnlyList<PolicyProfile> Policies { get; init; } = [];

    /// <summary>Their canonical documents, in their order.</summary>
    public IReadOnlyList<string> PolicyDocuments { get; init; } = [];
}

/// <summary>Reads the YAML in which operators register connections, one document per connection.</summary>
public static class ConnectionsFile
{
    // Thousands of connections; a larger file is not one that people wrote.
    const long MaxBytes = 4 * 1024 * 1024;

    /// <param name="path">The file. Paths inside it start from its directory.</param>
    /// <param name="issuerNames">The issuers that connections may name.</param>
    public static LoadedConnections Load(string path, IReadOnlyCollection<string> issuerNames) => Load(path, issuerNames, ProtocolCatalog.All);

    /// <summary>The same with other protocols than the catalog's.</summary>
    public static LoadedConnections Load(string path, IReadOnlyCollection<string> issuerNames, IReadOnlyList<ProtocolEntry> protocols)
    {
        if (ConfiguredFiles.Unreadable(path) is { } problem) return new([], [new(path, null, problem.Problem, problem.Remedy)]);
        if (ConfiguredFiles.Text(path, MaxBytes) is not { } text) return new([], [new(path, null, $"is larger than {MaxBytes} bytes", "split the connections up")]);
        var files = ConnectionFiles.OfNode(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return Read(text, Path.GetFileName(path), files, issuerNames, protocols);
    }

    /// <summary>Reads a text that may come from anywhere. Its length is the caller's to bound.</summary>
    /// <param name="text">The documents.</param>
    /// <param name="name">What faults call the text.</param>
    /// <param name="files">What its documents mean where they name files.</param>
    /// <param name="issuerNames">The issuers that documents may name; null, for policies alone: any.</param>
    /// <param name="protocols">The protocols that are spoken.</param>
    /// <param name="acmeIssuers">The ACME issuers that certificates may name; null: none.</param>
    public static LoadedConnections Read(
        string text, string name, ConnectionFiles files, IReadOnlyCollection<string>? issuerNames, IReadOnlyList<ProtocolEntry> protocols,
        IReadOnlyCollection<string>? acmeIssuers = null)
    {
        var faults = new YamlFaults(name);
        var (profiles, documents) = (new List<ConnectionProfile>(), new List<string>());
        var reader = new ConnectionReader(files, issuerNames ?? [], protocols, faults);
        var certificates = new CertificateReader(files, acmeIssuers ?? [], faults);
        var policies = new PolicyReader(files.IsNodes, issuerNames, faults);
        var (stated, statements) = (new List<PolicyProfile>(), new List<string>());
        var (declared, declarations) = (new List<CertificateProfile>(), new List<string>());
        var registered = new Registered(faults);
        foreach (var document in Documents(text, faults))
        {
            if (document is YamlScalar { IsNull: true }) continue;
            if (document is not YamlMap map)
            {
                faults.Add(document, "", "is not a mapping", "write a Connection, a Certificate or an AccessPolicy");
            }
            else if (IsOf(map, PolicyFields.Kind))
            {
                if (policies.Read(map) is not { } policy || !registered.Add(map, policy)) continue;
                stated.Add(policy);
                statements.Add(YamlWriter.Canonical(map));
            }
            else if (IsOf(map, CertificateFields.Kind))
            {
                if (certificates.Read(map) is not { } certificate || !registered.Add(map, certificate)) continue;
                declared.Add(certificate);
                declarations.Add(YamlWriter.Canonical(map));
            }
            else if (reader.Read(map, registered.Add) is { } profile)
            {
                profiles.Add(profile);
                documents.Add(YamlWriter.Canonical(NamedFiles.Inlined(map, files)));
            }
        }

        return new(profiles, faults.All)
        {
            Documents = documents,
            Certificates = declared,
            CertificateDocuments = declarations,
            Policies = stated,
            PolicyDocuments = statements,
        };
    }

    static bool IsOf(YamlMap document, string kind) => document.Entries.Any(e => e is { Key.Text: "kind", Value: YamlScalar { Text: var text } } && text == kind);

    static IReadOnlyList<YamlValue> Documents(string text, YamlFaults faults)
    {
        try
        {
            using var reader = new StringReader(text);
            var documents = YamlTree.Documents(reader);
            if (documents.Count == 0) faults.Add(1, 1, "", null, "holds no connection", "register at least one");
            return documents;
        }
        catch (YamlException fault)
        {
            faults.Add(fault.Start.Line, fault.Start.Column, "", null, $"is not readable YAML: {fault.Message}", "correct the syntax");
            return [];
        }
    }

    /// <summary>What must be unique in the file.</summary>
    sealed class Registered(YamlFaults faults)
    {
        readonly Dictionary<string, long> _names = new(StringComparer.Ordinal);
        readonly Dictionary<string, long> _certificates = new(StringComparer.Ordinal);
        readonly Dictionary<string, long> _policies = new(StringComparer.Ordinal);
        readonly List<(IReadOnlyList<IPEndPoint> Listens, string Name)> _listeners = [];

        public bool Add(YamlMap document, CertificateProfile certificate) => Add(document, certificate.Name, "certificate", _certificates);

        public bool Add(YamlMap document, PolicyProfile policy) => Add(document, policy.Name, "policy", _policies);

        bool Add(YamlMap document, string name, string what, Dictionary<string, long> known)
        {
            if (known.TryAdd(name, document.Line)) return true;
            faults.Add(
                document.Line, document.Column, "metadata.name", name, $"is also the name of the {what} in line {known[name]}", $"give every {what} a name of its own");
            return false;
        }

        public void Add(YamlMap document, YamlFields listenFields, string name, IReadOnlyList<IPEndPoint> listens)
        {
            if (name.Length > 0 && !_names.TryAdd(name, document.Line))
            {
                faults.Add(
                    document.Line, document.Column, "metadata.name", name, $"is also the name of the connection in line {_names[name]}",
                    "give every connection a name of its own");
            }

            if (_listeners.Find(l => ListenAddresses.Overlap(l.Listens, listens)) is { Name: not null } other)
                listenFields.Fault("port", $"is also where connection {other.Name} listens", "choose another port or address");
            if (listens.Skip(1).Any(broker => ListenAddresses.Overlap(broker, listens[0])))
                listenFields.Fault("brokers", "take the connection's own port", "begin at another port");
            _listeners.Add((listens, name));
        }
    }
}
