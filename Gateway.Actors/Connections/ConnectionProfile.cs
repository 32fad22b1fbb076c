using System.Net;
using System.Security.Cryptography.X509Certificates;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Sasl;

namespace Gateway.Actors.Connections;

/// <summary>What operators register: who may reach which upstream, through which port, in which protocol, under which rules. Resolved and immutable.</summary>
public sealed record ConnectionProfile
{
    public static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    /// <summary>Lower-case letters, digits and dashes; unique in the cluster.</summary>
    public required string Name { get; init; }

    /// <summary>What the connection is, in operators' own words, for grants that name no single connection.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = NoLabels;

    public required ProtocolEntry Protocol { get; init; }

    /// <summary>Where every node listens for this connection. Port 0 lets the system choose (for tests and the demo).</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Ways to each of the upstream's brokers; null: there is one upstream, and one way.</summary>
    public BrokerRoutes? Brokers { get; init; }

    /// <summary>All that is listened on.</summary>
    public IEnumerable<IPEndPoint> Listens => Brokers?.Listens(Listen) ?? [Listen];

    /// <summary>
    /// Networks of balancers that tell, by HAProxy's PROXY protocol, whom each connection comes from. They have to; nobody else may. Empty: there are none.
    /// </summary>
    public IReadOnlyList<IPNetwork> ProxiesFrom { get; init; } = [];

    public bool IsBalancer(IPAddress address) => ProxiesFrom.Any(network => network.Contains(address));

    public required ClientTls ClientTls { get; init; }

    public required UpstreamTarget Upstream { get; init; }

    public required AccessRules Access { get; init; }

    public required OperationRules Operations { get; init; }

    /// <summary>What of the payloads is masked before anybody else reads or keeps it.</summary>
    public MaskingProfile Masking { get; init; } = MaskingProfile.None;

    public required RecordingRules Recording { get; init; }

    /// <summary>Concurrent sessions of this connection on one node.</summary>
    public required int MaxSessions { get; init; }

    /// <summary>A session in which neither side sends anything for this long is ended.</summary>
    public required TimeSpan IdleTimeout { get; init; }

    /// <summary>What clients may ask for at most, where the protocol is Kafka.</summary>
    public KafkaLimits Kafka { get; init; } = KafkaLimits.None;

    /// <summary>When and from where sessions are usual; empty: at any time, from anywhere.</summary>
    public IReadOnlyList<AnomalyRule> Anomalies { get; init; } = [];
}

/// <summary>The TLS rules of the client's leg.</summary>
public sealed record ClientTls
{
    /// <summary>False: TLS 1.3 only. True: TLS 1.2 too, with ephemeral key exchange and AEAD suites only.</summary>
    public required bool AllowTls12 { get; init; }

    /// <summary>The managed certificate that the gateway presents to clients; null: the node's own.</summary>
    public string? Certificate { get; init; }

    /// <summary>What may be negotiated, and which certificates count.</summary>
    public TlsRules Rules { get; init; } = TlsRules.Default;

    /// <summary>Names a client may ask for by SNI (exact, or <c>*.example.org</c> for one label). Empty: any name, or none.</summary>
    public required IReadOnlyList<string> ServerNames { get; init; }

    public required ClientCertificateRule ClientCertificate { get; init; }

    /// <summary>The certificate authorities whose client certificates are accepted; empty unless <see cref="ClientCertificate"/> asks for one.</summary>
    public required X509Certificate2Collection ClientAuthorities { get; init; }

    /// <summary>Whether a client's certificate may be revoked, and who says so.</summary>
    public RevocationRules Revocation { get; init; } = RevocationRules.None;

    /// <summary>How client certificates name their subjects; empty: as CertificateIdentity does where nobody says otherwise.</summary>
    public IReadOnlyList<SubjectRule> ClientSubjects { get; init; } = [];
}

public enum ClientCertificateRule
{
    /// <summary>Not asked for.</summary>
    None,

    /// <summary>Asked for; the client may prove itself by token instead.</summary>
    Optional,

    /// <summary>No session without one.</summary>
    Required,
}

/// <summary>Where the traffic goes and how that leg is verified.</summary>
public sealed record UpstreamTarget
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>True only where the profile says <c>plaintext: allowed</c>.</summary>
    public required bool Plaintext { get; init; }

    public required bool AllowTls12 { get; init; }

    /// <summary>The name the upstream's certificate must carry.</summary>
    public required string ServerName { get; init; }

    /// <summary>Other names that its certificate may carry instead.</summary>
    public IReadOnlyList<string> OtherNames { get; init; } = [];

    /// <summary>What may be negotiated, and which certificates count.</summary>
    public TlsRules Rules { get; init; } = TlsRules.Default;

    /// <summary>The authorities the upstream's chain must end in; empty: the system's.</summary>
    public required X509Certificate2Collection Authorities { get; init; }

    /// <summary>Whether the upstream's certificate may be revoked, and who says so.</summary>
    public RevocationRules Revocation { get; init; } = RevocationRules.None;

    /// <summary>The gateway's client certificate towards the upstream, with its private key; null: none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The managed certificate that the gateway presents to the upstream, instead of <see cref="ClientCertificate"/>; null: none.</summary>
    public string? Certificate { get; init; }

    public required UpstreamLogin Login { get; init; }
}

/// <summary>The gateway's login at the upstream. The password is read when a session needs it, so that a changed file is enough.</summary>
public sealed record UpstreamLogin(string? UserName, SecretPlace? Password)
{
    public static readonly UpstreamLogin None = new(null, null);

    /// <summary>For protocols that speak SASL.</summary>
    public SaslMechanism Mechanism { get; init; } = SaslMechanism.Plain;

    /// <summary>Where a token comes from that stands for the password; null: there is one.</summary>
    public OAuthClient? OAuth { get; init; }
}

/// <summary>The gateway as a client of an authorization server that knows it by a secret (RFC 6749 section 4.4).</summary>
public sealed record OAuthClient
{
    /// <summary>By https.</summary>
    public required Uri TokenEndpoint { get; init; }

    public required string ClientId { get; init; }

    public required SecretPlace Secret { get; init; }

    /// <summary>What is asked for, in words divided by spaces; null: what the server gives.</summary>
    public string? Scope { get; init; }

    /// <summary>For whom the token is to be (RFC 8707); null: that is not said.</summary>
    public string? Resource { get; init; }

    /// <summary>The authorities the server's chain must end in; empty: the system's.</summary>
    public required X509Certificate2Collection Authorities { get; init; }
}

/// <summary>How the session is recorded.</summary>
public sealed record RecordingRules
{
    /// <summary>What of the traffic is kept. Who, when and how it ended always is.</summary>
    public RecordingLevel Level { get; init; } = RecordingLevel.Full;

    /// <summary>True: no byte is forwarded before it is durable.</summary>
    public required bool Strict { get; init; }

    /// <summary>Pipelined mode: the most bytes that may be forwarded before they are durable; beyond it the stream waits.</summary>
    public required int WindowBytes { get; init; }

    /// <summary>The longest that recorded bytes wait for a chunk to fill.</summary>
    public required TimeSpan FlushAfter { get; init; }

    /// <summary>Whether chunks are rather kept small or compressed fast.</summary>
    public RecordingCompression Compression { get; init; } = RecordingCompression.Small;

    /// <summary>How long a recording is kept once its session has ended; null: until somebody removes it.</summary>
    public TimeSpan? Retention { get; init; }
}

/// <summary>What matters more where a recording is compressed.</summary>
public enum RecordingCompression
{
    /// <summary>The bytes on disk.</summary>
    Small,

    /// <summary>Those while they cost the node little; the processor's time beyond.</summary>
    Adaptive,

    /// <summary>The processor's time.</summary>
    Fast,
}
