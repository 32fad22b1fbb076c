using System.Net;
using Gateway.Actors.Hosting;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Connections;

/// <summary>Reads one document of a connections file into a profile.</summary>
sealed class ConnectionReader(
    ConnectionFiles files, IReadOnlyCollection<string> issuers, IReadOnlyList<ProtocolEntry> protocols, YamlFaults faults)
{
    static readonly string[] s_versions13First = ["1.3", "1.2"];
    static readonly string[] s_ofPorts = ["firstNode", "firstPort", "count"];
    static readonly string[] s_ofCertificates = ["revocation", "pins", "trust"];
    static readonly ProtocolEntry s_unknown = new("", HasLogin: true, [], _ => throw new InvalidOperationException("the protocol is unknown"));

    readonly UpstreamReader _upstream = new(files);
    readonly MaskingReader _masking = new(files);
    readonly AccessReader _access = new(issuers, files);

    /// <summary>The profile, or null when the document has a fault.</summary>
    /// <param name="document">The document.</param>
    /// <param name="register">Takes the document, its <c>listen</c> fields, name and addresses, to report what another connection already has.</param>
    public ConnectionProfile? Read(YamlMap document, Action<YamlMap, YamlFields, string, IReadOnlyList<IPEndPoint>> register)
    {
        var before = faults.Count;
        var root = new YamlFields(document, "", ConnectionFields.Document, faults);
        Expect(root, "apiVersion", ConnectionFields.ApiVersion);
        Expect(root, "kind", ConnectionFields.Kind);
        var metadata = root.RequiredMap("metadata", ConnectionFields.Metadata);
        var name = Name(metadata);
        var spec = root.RequiredMap("spec", ConnectionFields.Spec);
        var listenFields = spec.RequiredMap("listen", ConnectionFields.Listen);
        var protocol = Protocol(spec);
        var limits = spec.Map("limits", ConnectionFields.Limits);
        var labels = Labels(metadata, "labels");
        var tls = Tls(spec.Map("tls", ConnectionFields.Tls), protocol);
        var profile = new ConnectionProfile
        {
            Name = name,
            Labels = labels,
            Protocol = protocol,
            Listen = Listen(listenFields),
            Brokers = Brokers(listenFields, protocol, tls),
            ProxiesFrom = ProxiesFrom(listenFields),
            ClientTls = tls,
            Upstream = _upstream.Read(spec.RequiredMap("upstream", ConnectionFields.Upstream), protocol),
            Access = _access.Read(spec.RequiredMap("access", ConnectionFields.Access), protocol, tls.ClientCertificate, labels.Count > 0),
            Operations = Operations(spec.Map("operations", ConnectionFields.Operations), protocol),
            Masking = _masking.Read(spec, protocol),
            Recording = Recording(spec.Map("recording", ConnectionFields.Recording), protocol),
            MaxSessions = limits.Number("maxSessions", 1, 1_000_000, 1000),
            IdleTimeout = limits.Duration("idleTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), TimeSpan.FromMinutes(10)),
            Kafka = KafkaLimitsReader.Read(limits, protocol),
            Anomalies = AnomalyReader.Read(spec),
        };
        register(document, listenFields, name, [.. profile.Listens]);
        return faults.Count == before ? profile : null;
    }

    internal static void Expect(YamlFields fields, string key, string value)
    {
        if (fields.RequiredText(key) is { Length: > 0 } text && text != value) fields.Fault(key, "is not supported", $"write {value}");
    }

    public const string NameRule = "must be 1 to 63 lower-case letters, digits and dashes";

    public static bool IsPlainName(string name) =>
        name.Length is > 0 and <= 63 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    internal static string Name(YamlFields metadata)
    {
        var name = metadata.RequiredText("name");
        metadata.Require(name.Length == 0 || IsPlainName(name), "name", "must be at most 63 lower-case letters, digits and dashes", "correct the name");
        return name;
    }

    ProtocolEntry Protocol(YamlFields spec)
    {
        var name = spec.RequiredText("protocol");
        if (protocols.FirstOrDefault(p => p.Name == name) is { } known) return known;
        if (name.Length > 0) spec.Fault("protocol", "is not a protocol the gateway speaks", NearestName.Remedy(name, [.. protocols.Select(p => p.Name)]));
        return s_unknown;
    }

    static IPEndPoint Listen(YamlFields listen)
    {
        var text = listen.Text("address") ?? "0.0.0.0";
        if (!IPAddress.TryParse(text, out var address)) listen.Fault("address", "is not an IP address", "use 0.0.0.0, :: or an address of the node");
        return new IPEndPoint(address ?? IPAddress.Any, listen.Number("port", 0, 65535, otherwise: null));
    }

    IReadOnlyList<IPNetwork> ProxiesFrom(YamlFields listen)
    {
        if (!listen.Has("proxyProtocol")) return [];
        var before = faults.Count;
        var proxies = listen.Map("proxyProtocol", ConnectionFields.ProxyProtocol);
        var from = proxies.Networks("from");
        if (faults.Count > before) return [];
        proxies.Require(from.Count > 0, "from", "trusts nobody", "name the balancers' networks, or remove proxyProtocol");
        proxies.Require(
            !from.Any(network => network.PrefixLength == 0), "from", "trusts everybody to say who they are", "name the balancers' networks only");
        return from;
    }

    static BrokerRoutes? Brokers(YamlFields listen, ProtocolEntry protocol, ClientTls tls)
    {
        if (!listen.Has("brokers")) return null;
        if (protocol.Survey is null && protocol != s_unknown)
            listen.Fault("brokers", $"has no use: protocol {protocol.Name} knows no brokers", "remove it");
        var brokers = listen.Map("brokers", ConnectionFields.Brokers);
        return brokers.Has("hosts") ? ByHosts(brokers, tls) : ByPorts(brokers);
    }

    static BrokerHosts? ByHosts(YamlFields brokers, ClientTls tls)
    {
        foreach (var port in s_ofPorts.Where(brokers.Has)) brokers.Fault(port, "has no use: brokers are told apart by their hosts", "remove it, or hosts");
        var hosts = BrokerHosts.Of(brokers.RequiredText("hosts"));
        brokers.Require(hosts is not null, "hosts", "names no hosts", $"write it like broker-{BrokerHosts.Node}.kafka.example.org");
        brokers.Require(
            hosts is null || ServerNames.LetIn(tls.ServerNames, hosts.NameOf(0)), "hosts", "names hosts that spec.tls.serverNames leaves out", $"add *{hosts?.After} there");
        return hosts;
    }

    static BrokerPorts ByPorts(YamlFields brokers)
    {
        var ports = new BrokerPorts(
            brokers.Number("firstNode", 0, int.MaxValue - BrokerPorts.Most, otherwise: null), brokers.Number("firstPort", 1, 65535, otherwise: null),
            brokers.Number("count", 1, BrokerPorts.Most, otherwise: null));
        brokers.Require(ports.FirstPort + ports.Count - 1 <= 65535, "count", "leads beyond port 65535", "begin at a lower port, or name fewer brokers");
        return ports;
    }

    ClientTls Tls(YamlFields tls, ProtocolEntry protocol)
    {
        var names = tls.Texts("serverNames");
        foreach (var name in names)
            tls.Require(ServerNames.IsOne(name), "serverNames", $"\"{name}\" is not a host name", "write it like gw.example.org or *.example.org");
        var rule = Enum.Parse<ClientCertificateRule>(tls.Choice("clientCertificate", ["none", "optional", "required"]), ignoreCase: true);
        if (protocol is { HasLogin: false } && rule != ClientCertificateRule.Required)
            tls.Fault("clientCertificate", $"must be required: protocol {protocol.Name} has no login", "write clientCertificate: required");
        var authorities = tls.Certificates("clientAuthorities", files);
        if (rule != ClientCertificateRule.None && !tls.Has("clientAuthorities") && !tls.Has("trust"))
            tls.Fault("clientAuthorities", "is required when client certificates are accepted", "name the bundle (PEM) of authorities");
        if (rule == ClientCertificateRule.None && tls.Has("clientAuthorities"))
            tls.Fault("clientAuthorities", "has no use while clientCertificate is none", "remove it, or ask for a certificate");
        foreach (var useless in s_ofCertificates.Where(key => rule == ClientCertificateRule.None && tls.Has(key)))
            tls.Fault(useless, "has no use while clientCertificate is none", "remove it, or ask for a certificate");
        var allowTls12 = tls.Choice("minimumVersion", s_versions13First) == "1.2";
        return new ClientTls
        {
            Certificate = tls.CertificateName("certificate"),
            AllowTls12 = allowTls12,
            Rules = TlsRulesReader.Read(tls, allowTls12),
            ServerNames = names,
            ClientCertificate = rule,
            ClientAuthorities = authorities,
            Revocation = RevocationReader.Read(tls, files),
            ClientSubjects = SubjectRuleReader.Read(tls, rule),
        };
    }

    internal static IReadOnlyDictionary<string, string> Labels(YamlFields fields, string field)
    {
        var labels = fields.TextMap(field, ConnectionLabels.Most);
        foreach (var (key, value) in labels)
            fields.Require(ConnectionLabels.IsPart(key) && ConnectionLabels.IsPart(value), field, $"\"{key}\" is no label", ConnectionLabels.Remedy);
        return labels;
    }

    static OperationRules Operations(YamlFields operations, ProtocolEntry protocol)
    {
        var rules = new OperationRules(Rules(operations, "allow", protocol), Rules(operations, "deny", protocol));
        if (protocol.Operations.Count == 0 && !rules.AllowsEverything && protocol != s_unknown)
            operations.Fault("allow", $"has no use: protocol {protocol.Name} has no operations", "remove operations");
        return rules;
    }

    static OperationRule[] Rules(YamlFields operations, string key, ProtocolEntry protocol) =>
        [.. operations.Maps(key, ConnectionFields.Operation).Select(fields => Rule(fields, protocol))];

    static OperationRule Rule(YamlFields fields, ProtocolEntry protocol)
    {
        var rule = new OperationRule(fields.RequiredText("operation"), fields.RequiredText("resource"));
        var known = protocol.Operations.Count == 0 || rule.Operation is "*" or "" || protocol.Operations.Contains(rule.Operation);
        fields.Require(
            known, "operation", $"is no operation of protocol {protocol.Name}", NearestName.Remedy(rule.Operation, [.. protocol.Operations, "*"]));
        var means = rule.Resource.Length == 0 || protocol.IsResource(rule.Resource);
        fields.Require(means, "resource", $"is no resource of protocol {protocol.Name}", $"write it like {protocol.ResourceExample}");
        return rule;
    }

    static RecordingRules Recording(YamlFields recording, ProtocolEntry protocol)
    {
        var rules = ReadRecording(recording);
        recording.Require(
            rules.Level != RecordingLevel.Operations || protocol.Reader is not null || protocol == s_unknown, "level",
            $"cannot be operations: protocol {protocol.Name} has none that can be read", "write level: full, or metadata");
        recording.Require(
            rules.Level == RecordingLevel.Full || !rules.Strict, "mode", "cannot be strict: nothing of the traffic is kept", "write level: full, or drop mode");
        return rules;
    }

    // A hundred years: whoever wants more wants for ever, and leaves it out.
    static readonly TimeSpan s_longestRetention = TimeSpan.FromDays(36_525);

    static RecordingRules ReadRecording(YamlFields recording) => new()
    {
        Level = RecordingLevelWords.Parse(recording.Choice("level", RecordingLevelWords.All)) ?? RecordingLevel.Full,
        Strict = recording.Choice("mode", ["pipelined", "strict"]) == "strict",
        WindowBytes = recording.Number("windowBytes", 4096, 1 << 30, 1 << 20),
        FlushAfter = recording.Duration("flushAfter", TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(50)),
        Compression = Enum.Parse<RecordingCompression>(recording.Choice("compression", ["small", "adaptive", "fast"]), ignoreCase: true),
        Retention = recording.Has("retention") ? recording.Duration("retention", TimeSpan.FromMinutes(1), s_longestRetention, TimeSpan.Zero) : null,
    };
}
