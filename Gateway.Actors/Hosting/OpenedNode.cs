using Gateway.Actors.Accept;
using Gateway.Actors.Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Actors.Replay;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting;

/// <summary>
/// Everything outside the process that a node depends on, opened before the node joins or listens anywhere: what cannot be had stops the start with one
/// sentence that says what, where and the remedy.
/// </summary>
public sealed class OpenedNode : IDisposable
{
    OpenedNode(GatewayOptions options, IReadOnlyList<ConnectionProfile> connections, TimeProvider time, Outside outside)
    {
        (Options, Connections, Time) = (options, connections, time);
        (RegisteredCertificates, Certificates, Journal, SealKey, SealKeys, ClusterKey, TokenKey, Registry, Listeners) = outside;
        Identity = NodeIdentity.New(options.Node.Name);
    }

    public GatewayOptions Options { get; }

    public IReadOnlyList<ConnectionProfile> Connections { get; }

    public TimeProvider Time { get; }

    public NodeIdentity Identity { get; }

    /// <summary>Reads the registry's declarations of certificates.</summary>
    public RegisteredCertificates RegisteredCertificates { get; }

    /// <summary>The node's own certificate, and those the cluster looks after; what is active is opened already.</summary>
    public CertificateStore Certificates { get; }

    public JournalDatabase Journal { get; }

    public SealKey SealKey { get; }

    /// <summary>The keys whose signatures are taken from the journal: <see cref="SealKey"/> and its predecessors.</summary>
    public SealPublicKeys SealKeys { get; }

    /// <summary>Seals registered secrets.</summary>
    public ClusterKey ClusterKey { get; }

    /// <summary>Signs the gateway's own tokens; null where it issues none.</summary>
    public TokenKey? TokenKey { get; }

    /// <summary>Read already.</summary>
    public RegistryFollower Registry { get; }

    /// <summary>One per connection, its port reserved.</summary>
    public IReadOnlyList<Listener> Listeners { get; }

    /// <summary>Throws an exception of <see cref="IsExpected"/> when something cannot be had.</summary>
    public static async Task<OpenedNode> OpenAsync(
        GatewayOptions options, IReadOnlyList<ConnectionProfile> connections, TimeProvider time, ILoggerFactory logging, CancellationToken cancel,
        IReadOnlyList<CertificateProfile>? certificatesOfNode = null)
    {
        var data = options.Node.DataDirectory;
        Directory.CreateDirectory(data);
        var sealKey = SealKey.Load(options.Journal.SealKeyFile ?? Path.Combine(data, "seal.key"), create: options.Journal.SealKeyFile is null);
        var clusterKey = ClusterKey.Load(options.Registry.KeyFile ?? Path.Combine(data, "cluster.key"), create: options.Registry.KeyFile is null);
        await File.WriteAllTextAsync(Path.Combine(data, "seal.pub"), sealKey.PublicPem + "\n", cancel);
        var journal = JournalDatabase.Of(options.Journal, data);
        await journal.PrepareAsync(cancel);
        var sealKeys = SealPublicKeys.FromPem(sealKey.PublicPem + "\n" + Former(options.Registry));
        var registry = new RegistryFollower(journal, sealKeys);
        await registry.ReadAsync(cancel);
        var tokenKey = options.Saml.Providers.Count == 0
            ? null
            : TokenKey.Load(options.Saml.TokenKeyFile ?? Path.Combine(data, "token.key"), create: options.Saml.TokenKeyFile is null);
        var log = logging.CreateLogger("Gateway.Certificates");
        var registered = new RegisteredCertificates(options);
        if (registered.NodeFault(registry.Current.Certificates) is { } fault) throw new InvalidDataException(fault);
        var parts = new CertificateStoreParts
        {
            Key = clusterKey,
            Read = registered.Read,
            OfNode = certificatesOfNode ?? [],
            Time = time,
            Log = log,
            NodeCertificate = options.Certificates.NodeCertificate,
        };
        var certificates = new CertificateStore(NodeCertificates.Open(options.Certificates, data, time, log), registry, parts);
        var listeners = Listener.ReserveAll(connections);
        return new OpenedNode(options, connections, time, new Outside(registered, certificates, journal, sealKey, sealKeys, clusterKey, tokenKey, registry, listeners));
    }

    /// <summary>True for a fault of the surroundings, whose message is for operators; false for a defect.</summary>
    public static bool IsExpected(Exception e) =>
        e is ListenersNotOpenException or JournalUnavailableException or InvalidDataException or IOException or UnauthorizedAccessException;

    public void Dispose()
    {
        foreach (var listener in Listeners) listener.Dispose();
        Certificates.Dispose();
        SealKeys.Dispose();
        SealKey.Dispose();
        TokenKey?.Dispose();
    }

    static string Former(RegistryOptions options) => options.FormerSealKeysFile is { } file ? File.ReadAllText(file) : "";

    sealed record Outside(
        RegisteredCertificates Registered, CertificateStore Certificates, JournalDatabase Journal, SealKey SealKey, SealPublicKeys SealKeys, ClusterKey ClusterKey, TokenKey? TokenKey,
        RegistryFollower Registry, IReadOnlyList<Listener> Listeners);
}
