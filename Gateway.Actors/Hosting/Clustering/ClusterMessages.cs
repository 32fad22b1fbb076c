using Gateway.Actors.Accept;
using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Hosting.Clustering.Crashes;
using Gateway.Actors.Registry;
using Gateway.Actors.Sessions;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting.Clustering;

/// <summary>
/// Everything that nodes may say to each other, beside what Akka's own serializers write. The one list that reading and writing consult.
/// </summary>
public static class ClusterMessages
{
    /// <summary>The messages; all of them are <see cref="IClusterMessage"/>.</summary>
    public static readonly IReadOnlyList<Type> Types =
    [
        typeof(OpenSession),
        typeof(EndSession),
        typeof(SessionEnded),
        typeof(ShowSession),
        typeof(SessionState),
        typeof(ProposeActs),
        typeof(ActsDecided),
        typeof(RegistryAdvanced),
        typeof(ShowListeners),
        typeof(ListenersShown),
        typeof(OfferChallenge),
        typeof(ChallengeTaken),
        typeof(WithdrawChallenge),
        typeof(ShowCertificate),
        typeof(CertificateShown),
        typeof(PortRefused),
    ];

    /// <summary>What messages are made of, beside strings and numbers.</summary>
    public static readonly IReadOnlyList<Type> Parts =
    [
        typeof(Ending),
        typeof(Refusal),
        typeof(RegistryOutcome),
        typeof(AcmeChallengeKind),
    ];
}
