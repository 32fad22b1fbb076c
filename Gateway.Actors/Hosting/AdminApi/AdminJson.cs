using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>Everything the admin API reads and writes as JSON, in one form for the node and for its clients.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(IReadOnlyList<SessionView>))]
[JsonSerializable(typeof(IReadOnlyList<ConnectionView>))]
[JsonSerializable(typeof(ClusterSight))]
[JsonSerializable(typeof(DrainView))]
[JsonSerializable(typeof(ReadinessView))]
[JsonSerializable(typeof(LivenessView))]
[JsonSerializable(typeof(LoginView))]
[JsonSerializable(typeof(OwnTokenView))]
[JsonSerializable(typeof(OwnIssuerView))]
[JsonSerializable(typeof(OwnKeysView))]
[JsonSerializable(typeof(IssuedCertificateView))]
[JsonSerializable(typeof(CallerView))]
[JsonSerializable(typeof(ReachableConnectionView))]
[JsonSerializable(typeof(ConnectionDetailView))]
[JsonSerializable(typeof(ApplyView))]
[JsonSerializable(typeof(IReadOnlyList<SecretView>))]
[JsonSerializable(typeof(RevisionView))]
[JsonSerializable(typeof(ProbeView))]
[JsonSerializable(typeof(AuditPage))]
[JsonSerializable(typeof(RecordingKeyView))]
[JsonSerializable(typeof(LedgerView))]
[JsonSerializable(typeof(LedgerProofView))]
[JsonSerializable(typeof(OperationView))]
[JsonSerializable(typeof(SearchLine))]
[JsonSerializable(typeof(IReadOnlyList<ManagedCertificateView>))]
[JsonSerializable(typeof(ManagedCertificateDetailView))]
[JsonSerializable(typeof(ExportedKeyView))]
[JsonSerializable(typeof(IReadOnlyList<AuthorityView>))]
[JsonSerializable(typeof(IReadOnlyList<AcmeAccountView>))]
[JsonSerializable(typeof(ClusterKeyView))]
[JsonSerializable(typeof(ResealView))]
[JsonSerializable(typeof(Problem))]
public sealed partial class AdminJson : JsonSerializerContext
{
    /// <summary>The same, over several lines for people to read.</summary>
    public static readonly AdminJson Indented =
        new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" });
}

/// <summary>What clients send. A member that is none is refused: it would be ignored, and its sender believe otherwise.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(KillRequest))]
[JsonSerializable(typeof(SamlRedemption))]
[JsonSerializable(typeof(ApplyRequest))]
[JsonSerializable(typeof(CertificateAsk))]
[JsonSerializable(typeof(ImportRequest))]
[JsonSerializable(typeof(AuthorityRequest))]
[JsonSerializable(typeof(RedriveRequest))]
public sealed partial class AdminRequestJson : JsonSerializerContext;
