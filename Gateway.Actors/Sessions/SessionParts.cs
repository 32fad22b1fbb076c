using Gateway.Actors.Accept;
using Gateway.Actors.Authorize;
using Gateway.Actors.Certificates;
using Gateway.Actors.Hosting;
using Gateway.Actors.Identify;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Actors.Tls;
using Gateway.Actors.Tls.Revocation;
using Gateway.Actors.Upstream;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Sessions;

/// <summary>What the sessions of one node share.</summary>
public sealed record SessionParts
{
    /// <summary>The key of this node process.</summary>
    public required string NodeKey { get; init; }

    public required LimitOptions Limits { get; init; }

    public required TimeProvider Time { get; init; }

    public required AcceptedConnections Accepted { get; init; }

    public required ConnectionSlots Slots { get; init; }

    /// <summary>What one client address may cost.</summary>
    public required AddressLimits Addresses { get; init; }

    /// <summary>What one subject may cost.</summary>
    public required SubjectLimits Subjects { get; init; }

    /// <summary>How fast one subject may produce and consume.</summary>
    public required SubjectRates Rates { get; init; }

    public required OwnProbes Probes { get; init; }

    public required LiveSessions Live { get; init; }

    public required ITlsEngine Tls { get; init; }

    public required CertificateRevocation Revocation { get; init; }

    public required INodeCertificates Certificates { get; init; }

    public required IChallengeCertificates Challenges { get; init; }

    public required Identification Identification { get; init; }

    public required IAccessFacts Access { get; init; }

    public required LiveAccess LiveAccess { get; init; }

    public required UpstreamDialer Dialer { get; init; }

    public required UpstreamSecrets Secrets { get; init; }

    public required SchemaRegistries Schemas { get; init; }

    public required UpstreamSurveys Surveys { get; init; }

    public required ISessionIndex Index { get; init; }

    public required SealKey SealKey { get; init; }

    /// <summary>Seals the keys of recordings.</summary>
    public required ClusterKey ClusterKey { get; init; }

    public required RecordingBudget Budget { get; init; }

    /// <summary>What the node spends on compressing recordings.</summary>
    public required CompressionBudget Compression { get; init; }

    public required AnomalyWatch Anomalies { get; init; }

    public required GatewayMetrics Metrics { get; init; }

    public required ILoggerFactory Logging { get; init; }
}
