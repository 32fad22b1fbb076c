using Gateway.Actors.Certificates.Acme;

namespace Gateway.Actors.Hosting;

/// <summary>
/// The node's configuration, section <c>Gateway</c> of appsettings.json and the environment (<c>Gateway__Node__Name=...</c>). Bound
/// strictly and checked whole by <see cref="GatewayOptionsCheck"/> before a port is bound. Secrets are only ever references to files.
/// </summary>
public sealed record GatewayOptions
{
    public const string Section = "Gateway";

    public NodeOptions Node { get; init; } = new();

    public ClusterOptions Cluster { get; init; } = new();

    public JournalOptions Journal { get; init; } = new();

    public CertificateOptions Certificates { get; init; } = new();

    public TlsOptions Tls { get; init; } = new();

    public AdminOptions Admin { get; init; } = new();

    public LimitOptions Limits { get; init; } = new();

    public RegistryOptions Registry { get; init; } = new();

    /// <summary>Who may issue tokens, for connections and for the admin API.</summary>
    public IReadOnlyList<IssuerOptions> Issuers { get; init; } = [];

    /// <summary>Who logs people in by SAML 2.0, and the tokens they get for it.</summary>
    public SamlOptions Saml { get; init; } = new();

    /// <summary>The names of everybody who may issue tokens: connections name them in <c>access.issuers</c>.</summary>
    public IReadOnlyList<string> IssuerNames => [.. Issuers.Select(issuer => issuer.Name), .. Saml.Providers.Select(provider => provider.Name)];

    /// <summary>What of a session is worth a notice.</summary>
    public AnomalyOptions Anomalies { get; init; } = new();

    /// <summary>Where what happened is told, for audit.</summary>
    public EventOptions Events { get; init; } = new();

    /// <summary>Where spans of sessions go.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>The YAML file with this node's own connection profiles, relative to the content root. Empty: none.</summary>
    public string ConnectionsFile { get; init; } = "connections.yaml";
}

public sealed record NodeOptions
{
    /// <summary>What operators call this node. Default: the machine's name.</summary>
    public string Name { get; init; } = Environment.MachineName;

    /// <summary>Where everything this node writes lives, unless configured elsewhere.</summary>
    public string DataDirectory { get; init; } = "data";

    /// <summary>
    /// How long a node that was told to leave accepts on while it says that it is not ready. Balancers that ask every 5 s and believe the second answer
    /// know within 10 s; what carries their decision to where connections are made (Kubernetes' endpoints) has the rest.
    /// </summary>
    public TimeSpan DrainNotice { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long sessions may finish by themselves from then on.</summary>
    public TimeSpan DrainGrace { get; init; } = TimeSpan.FromSeconds(30);
}

public sealed record ClusterOptions
{
    /// <summary>The address other nodes reach this one by.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Remoting port, mutual TLS. 0 lets the system choose, for a single node.</summary>
    public int Port { get; init; } = 4053;

    /// <summary><c>host:port</c> of the lighthouses. Empty: this node is a cluster of its own.</summary>
    public IReadOnlyList<string> Lighthouses { get; init; } = [];
}

public sealed record JournalOptions
{
    public JournalProvider Provider { get; init; } = JournalProvider.Sqlite;

    /// <summary>Null with SQLite: <c>journal.db</c> in the data directory.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>A file with the connection string, where it holds a password.</summary>
    public string? ConnectionStringFile { get; init; }

    /// <summary>
    /// The private key (PEM, ECDSA P-256) that seals recordings; the same on every node. Null: <c>seal.key</c> in the data directory,
    /// made at first start.
    /// </summary>
    public string? SealKeyFile { get; init; }
}

public sealed record RegistryOptions
{
    /// <summary>
    /// The key (32 random bytes in base 64) that seals registered secrets; the same on every node. Null: <c>cluster.key</c> in the data directory,
    /// made at first start.
    /// </summary>
    public string? KeyFile { get; init; }

    /// <summary>
    /// Where the secret files lie that registered connections may name, such as a mounted secret. Null: they may name none.
    /// </summary>
    public string? SecretsDirectory { get; init; }

    /// <summary>
    /// PEM public keys of earlier seal keys of this cluster: what they signed in the registry is still taken. Null: only the current one's.
    /// </summary>
    public string? FormerSealKeysFile { get; init; }
}

public enum JournalProvider
{
    Sqlite,
    PostgreSql,
}

public sealed record CertificateOptions
{
    /// <summary>
    /// PEM files of this node's certificate chain and key, used for listeners, the admin API and remoting. Both null: an internal
    /// authority in the data directory issues them at start (single node only).
    /// </summary>
    public string? CertificateFile { get; init; }

    public string? KeyFile { get; init; }

    /// <summary>
    /// PEM bundle of the authorities whose node certificates may join this cluster. Required with <see cref="CertificateFile"/>.
    /// </summary>
    public string? ClusterAuthoritiesFile { get; init; }

    /// <summary>
    /// PEM files of the authority that issues client certificates to people who are logged in, and its key; the same on every node, and none of
    /// <see cref="ClusterAuthoritiesFile"/>: who is issued one must not become a node. Null: nobody is issued any.
    /// </summary>
    public string? ClientAuthorityFile { get; init; }

    public string? ClientAuthorityKeyFile { get; init; }

    /// <summary>The longest such a certificate lasts. Origin: long enough for a stream, short enough to need no revocation.</summary>
    public TimeSpan ClientCertificateLifetime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Names and addresses the internal authority puts into the certificate it issues.</summary>
    public IReadOnlyList<string> Names { get; init; } = ["localhost", "127.0.0.1"];

    /// <summary>
    /// The managed certificate (<c>kind: Certificate</c>) that stands for this node in the admin API and towards other nodes once it is active; its names
    /// must fit every node, and it must be good for servers and clients, as those of the cluster's own authority are. Until then, and where it fails, the
    /// node's own files serve. Null: they always do.
    /// </summary>
    public string? NodeCertificate { get; init; }

    /// <summary>ACME servers (RFC 8555) that certificates may come from, the same on every node.</summary>
    public IReadOnlyList<AcmeOptions> Acme { get; init; } = [];

    /// <summary>Where <see cref="HttpPort"/> listens.</summary>
    public string HttpAddress { get; init; } = "0.0.0.0";

    /// <summary>
    /// The port, or what is forwarded to it, where ACME servers validate by http-01: they ask at port 80. Plain HTTP. -1: none; 0 lets the system choose.
    /// </summary>
    public int HttpPort { get; init; } = -1;

    /// <summary>Where the keys of the cluster's own authorities are made and kept, the same token for every node; nothing set: sealed in the registry.</summary>
    public TokenOptions Token { get; init; } = new();

    /// <summary>
    /// Where that port is reached from outside, such as <c>http://pki.example.org</c>: certificates of the cluster's own authority then say that their
    /// revocation can be asked for there. Null: they say nothing.
    /// </summary>
    public string? RevocationUrl { get; init; }
}

/// <summary>A PKCS #11 token. All of it, or none.</summary>
public sealed record TokenOptions
{
    /// <summary>The token's library, such as <c>/usr/lib/softhsm/libsofthsm2.so</c>.</summary>
    public string? ModulePath { get; init; }

    public string? TokenLabel { get; init; }

    /// <summary>What keys are called there, before a dash and the authority's number.</summary>
    public string? KeyLabel { get; init; }

    /// <summary>A file with the user's PIN.</summary>
    public string? PinFile { get; init; }
}

/// <summary>One ACME server and this cluster's account there.</summary>
public sealed record AcmeOptions
{
    /// <summary>What certificates call it.</summary>
    public string Name { get; init; } = "";

    /// <summary>The URL of the server's directory (https). The server may name any host for what it wants asked there.</summary>
    public string Directory { get; init; } = "";

    /// <summary>PEM bundle to verify the server itself with; null: the system's authorities.</summary>
    public string? AuthoritiesFile { get; init; }

    /// <summary>The mail address that the server's operator may write to; null for none.</summary>
    public string? Contact { get; init; }

    /// <summary>Whether you agree to the terms of service that the server's directory names.</summary>
    public bool TermsAgreed { get; init; }

    /// <summary>What the server's operator calls the account that this one is bound to (RFC 8555 section 7.3.4); null where none is wanted.</summary>
    public string? ExternalAccountKeyId { get; init; }

    /// <summary>A file with the key that came with it, in base 64 for URLs.</summary>
    public string? ExternalAccountKeyFile { get; init; }

    /// <summary>How the server validates names.</summary>
    public AcmeChallengeKind Challenge { get; init; } = AcmeChallengeKind.TlsAlpn01;

    /// <summary>The common name of the root that chains should lead to, where the server has several; null: its own choice.</summary>
    public string? PreferredChain { get; init; }
}

public sealed record TlsOptions
{
    /// <summary>Who speaks TLS with clients and upstreams. What is allowed is the same with each.</summary>
    public TlsEngineChoice Engine { get; init; } = TlsEngineChoice.Auto;

    /// <summary>
    /// Keys for session tickets, shared by all nodes, so that a client resumes on any of them: 80 random bytes each, newest first, as
    /// nginx's <c>ssl_session_ticket_key</c>. Read again when it changes. OpenSSL only. Null: every node makes its own, a new one each
    /// hour.
    /// </summary>
    public string? TicketKeyFile { get; init; }
}

public enum TlsEngineChoice
{
    /// <summary>OpenSSL where version 3 can be loaded, on Linux; otherwise .NET's SslStream.</summary>
    Auto,
    OpenSsl,
    SslStream,
}

public sealed record AdminOptions
{
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>HTTPS port of the admin API, health and metrics.</summary>
    public int Port { get; init; } = 8443;

    /// <summary>Client certificates that are taken instead of tokens.</summary>
    public AdminCertificateOptions ClientCertificates { get; init; } = new();

    /// <summary>Groups that may read recordings.</summary>
    public IReadOnlyList<string> AuditorGroups { get; init; } = [];

    /// <summary>Groups that may see and steer nodes and connections.</summary>
    public IReadOnlyList<string> OperatorGroups { get; init; } = [];

    /// <summary>Groups that may see sessions, nodes and connections, and steer nothing.</summary>
    public IReadOnlyList<string> ViewerGroups { get; init; } = [];

    /// <summary>
    /// Tokens and certificates that may be refused per minute and address before that address has to wait. Origin: people mistype a few times; a script that tries
    /// tokens does nothing else.
    /// </summary>
    public int LoginFailures { get; init; } = 20;
}

public sealed record LimitOptions
{
    /// <summary>Client connections in the handshake or login phase at once, per node.</summary>
    public int Handshakes { get; init; } = 512;

    /// <summary>
    /// Of these, how many may come from one client address; 0: all. Origin: three quarters of <see cref="Handshakes"/>, so that one address, whatever it
    /// does, leaves room for the others.
    /// </summary>
    public int HandshakesPerAddress { get; init; } = 384;

    /// <summary>Connections that one client address may open each second, after a burst of two seconds' worth; 0: as many as it likes.</summary>
    public int ConnectionsPerSecondPerAddress { get; init; }

    /// <summary>Connections of one client address at once; 0: as many as it likes.</summary>
    public int SessionsPerAddress { get; init; }

    /// <summary>Sessions of one subject at once; 0: as many as it likes.</summary>
    public int SessionsPerSubject { get; init; }

    /// <summary>Bytes that may pass each second in both directions of all sessions of one subject together; 0: no limit.</summary>
    public int BytesPerSecondPerSubject { get; init; }

    /// <summary>The same for one session.</summary>
    public int BytesPerSecondPerSession { get; init; }

    /// <summary>
    /// From accept to the end of the TLS handshake. Origin: nginx ssl_handshake_timeout is 60 s; a mobile client on a bad link needs
    /// about 5 s.
    /// </summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// From the end of the handshake to a complete login. Origin: mosquitto and EMQX give a client 15 to 30 s for CONNECT.
    /// </summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long before a session's access ends that is told to operators; zero: not at all. Origin: clients renew tokens a minute before they expire.
    /// </summary>
    public TimeSpan ExpiryWarning { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Dial, TLS and login at the upstream together.</summary>
    public TimeSpan UpstreamTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Recorded bytes of all sessions that wait for the journal, per node; beyond it streams wait. Kept well below what would trip the
    /// journal's circuit breaker.
    /// </summary>
    public long RecordingBytesInFlight { get; init; } = 64L * 1024 * 1024;
}

public sealed record IssuerOptions
{
    public string Name { get; init; } = "";

    /// <summary>The issuer URL (https); <c>/.well-known/openid-configuration</c> below it is read.</summary>
    public string Authority { get; init; } = "";

    /// <summary>The token's <c>aud</c> must be this.</summary>
    public string Audience { get; init; } = "";

    public IReadOnlyList<string> Algorithms { get; init; } = ["ES256", "RS256", "PS256"];

    /// <summary>The claim that names the subject. Beginning with a slash: where a nested claim is, as a JSON Pointer (RFC 6901).</summary>
    public string NameClaim { get; init; } = "sub";

    /// <summary>The claim that lists groups, likewise.</summary>
    public string GroupsClaim { get; init; } = "groups";

    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>PEM bundle to verify the issuer's own certificate with; null: the system's authorities.</summary>
    public string? AuthoritiesFile { get; init; }

    /// <summary>
    /// The public client (RFC 6749 section 2.1) that <c>gateway login</c> is at this issuer; null: people do not log in there by command.
    /// </summary>
    public string? CliClientId { get; init; }

    /// <summary>What <c>gateway login</c> asks for, separated by spaces. <c>offline_access</c> is what makes a login last.</summary>
    public string CliScope { get; init; } = "openid offline_access";

    /// <summary>The resource (RFC 8707) that <c>gateway login</c> wants a token for, where the issuer asks for one.</summary>
    public string? CliResource { get; init; }
}

public sealed record SamlOptions
{
    /// <summary>
    /// Where browsers and SAML providers reach the admin API of the cluster, <c>https://host:port</c>: part of every address and name a provider
    /// is given. Required with providers.
    /// </summary>
    public string? PublicUrl { get; init; }

    /// <summary>
    /// The private key (PEM, ECDSA P-256) that signs the tokens people get for an assertion; the same on every node. Null: <c>token.key</c> in the
    /// data directory, made at first start.
    /// </summary>
    public string? TokenKeyFile { get; init; }

    /// <summary>How long such a token lasts. Origin: what OpenID Connect issuers give access tokens, 5 to 60 minutes; it cannot be renewed.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(60);

    public IReadOnlyList<SamlProviderOptions> Providers { get; init; } = [];
}

/// <summary>One SAML 2.0 identity provider.</summary>
public sealed record SamlProviderOptions
{
    /// <summary>What connections, addresses and people call it; no issuer has the same name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The provider's entity id: its assertions' issuer must be this.</summary>
    public string EntityId { get; init; } = "";

    /// <summary>Where people log in there (https, HTTP-Redirect binding).</summary>
    public string SingleSignOnUrl { get; init; } = "";

    /// <summary>PEM bundle of the certificates it signs with; what comes with a response is not read.</summary>
    public string CertificatesFile { get; init; } = "";

    /// <summary>The attribute that names the subject; null: the name id.</summary>
    public string? NameAttribute { get; init; }

    public string GroupsAttribute { get; init; } = "groups";

    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);
}
