namespace Gateway.Actors.Connections;

/// <summary>Every field a connection may have, by the mapping it stands in. <c>docs/connections.schema.json</c> says the same to editors.</summary>
public static class ConnectionFields
{
    public const string ApiVersion = "gateway/v1";
    public const string Kind = "Connection";

    public static readonly IReadOnlyList<string> Document = ["apiVersion", "kind", "metadata", "spec"];
    public static readonly IReadOnlyList<string> Metadata = ["name", "labels"];
    public static readonly IReadOnlyList<string> Spec = ["protocol", "listen", "tls", "upstream", "access", "operations", "masking", "recording", "limits", "anomalies"];
    public static readonly IReadOnlyList<string> Listen = ["address", "port", "proxyProtocol", "brokers"];
    public static readonly IReadOnlyList<string> ProxyProtocol = ["from"];
    public static readonly IReadOnlyList<string> Brokers = ["firstNode", "firstPort", "count", "hosts"];
    public static readonly IReadOnlyList<string> Tls =
        ["certificate", "minimumVersion", "serverNames", "clientCertificate", "clientAuthorities", "clientSubjects", "revocation", "revocationList",
        "suites", "groups", "signatureAlgorithms", "pins", "trust"];
    public static readonly IReadOnlyList<string> SubjectRule = ["issuer", "take", "matching", "groups"];
    public static readonly IReadOnlyList<string> Upstream = ["host", "port", "tls", "plaintext", "login"];
    public static readonly IReadOnlyList<string> UpstreamTls =
        ["serverName", "authorities", "minimumVersion", "certificate", "clientCertificate", "clientKey", "revocation", "revocationList",
        "names", "suites", "groups", "signatureAlgorithms", "pins", "trust"];
    public static readonly IReadOnlyList<string> Login = ["userName", "passwordFile", "passwordEnvironment", "passwordSecret", "mechanism", "oauth"];
    public static readonly IReadOnlyList<string> OAuth =
        ["tokenEndpoint", "clientId", "clientSecretFile", "clientSecretEnvironment", "clientSecretSecret", "scope", "resource", "authorities"];
    public static readonly IReadOnlyList<string> Access = ["issuers", "groups", "subjects", "rules", "accounts", "accountsLast"];
    public static readonly IReadOnlyList<string> Account = ["name", "groups", "verifierFile", "verifierEnvironment", "verifierSecret"];
    public static readonly IReadOnlyList<string> AccessRule = ["effect", "groups", "subjects", "networks", "hours"];
    public static readonly IReadOnlyList<string> AccessHours = ["days", "from", "to", "zone"];
    public static readonly IReadOnlyList<string> Operations = ["allow", "deny"];
    public static readonly IReadOnlyList<string> Operation = ["operation", "resource"];
    public static readonly IReadOnlyList<string> Masking = ["key", "schemaRegistry", "rules"];
    public static readonly IReadOnlyList<string> MaskingKey = ["keyFile", "keyEnvironment", "keySecret"];
    public static readonly IReadOnlyList<string> SchemaRegistry =
        ["url", "userName", "passwordFile", "passwordEnvironment", "passwordSecret", "tokenFile", "tokenEnvironment", "tokenSecret", "authorities", "timeout"];
    public static readonly IReadOnlyList<string> MaskingRule =
        ["name", "direction", "topics", "json", "avro", "avroKey", "key", "headers", "pattern", "detect", "action", "text", "keepLast", "content"];
    public static readonly IReadOnlyList<string> Recording = ["level", "mode", "windowBytes", "flushAfter", "compression", "retention"];
    public static readonly IReadOnlyList<string> Limits = ["maxSessions", "idleTimeout", "kafka"];
    public static readonly IReadOnlyList<string> Anomalies = ["rules"];
    public static readonly IReadOnlyList<string> AnomalyRule = ["groups", "subjects", "hours", "places", "overlap"];
    public static readonly IReadOnlyList<string> Place = ["name", "networks"];
    public static readonly IReadOnlyList<string> KafkaLimits = ["maxBatchBytes", "clientIds", "produceBytesPerSecond", "fetchBytesPerSecond"];
}
