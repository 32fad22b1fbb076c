using Gateway.Protocols.Journal;

namespace Gateway.Specs.Support;

/// <summary>One of every event of the registry, with fixed values.</summary>
static class SampleRegistry
{
    public const long At = 1_764_000_000_000_000;

    public const long Hour = 3_600_000_000;

    /// <summary>A sound connection of the issuer "main", named telemetry.</summary>
    public const string Document = """
        apiVersion: gateway/v1
        kind: Connection
        metadata:
          name: telemetry
        spec:
          protocol: mqtt
          listen:
            port: 18883
          upstream:
            host: broker.internal
            port: 8883
            tls: {}
          access:
            issuers:
            - main
            groups:
            - sensors

        """;

    public static readonly Act Act = new()
    {
        Id = "01JABCDEFGHJKMNPQRSTVWXYZ0",
        At = At,
        Who = "zoë",
        Issuer = "corp",
        Address = "192.0.2.9",
        NodeKey = "node1",
    };

    public static IReadOnlyList<RegistryEvent> All { get; } =
    [
        new ConnectionPut { Act = Act, Name = "telemetry", Document = "apiVersion: gateway/v1\nkind: Connection\n" },
        new ConnectionRemoved { Act = Act, Name = "telemetry" },
        new SecretPut { Act = Act, Name = "broker", Sealed = new byte[] { 1, 2, 3, 255 } },
        new SecretRemoved { Act = Act, Name = "broker" },
        new AccessGranted
        {
            Act = Act, GrantId = "01JGRANT", Subject = "münchen-42", SubjectIssuer = "corp", Labels = [new("site", "eu-1")],
            From = At, Until = At + Hour, Reason = "incident 7",
        },
        new AccessWithdrawn { Act = Act, GrantId = "01JGRANT", Reason = "done" },
        new Revoked { Act = Act, Kind = RevocationKind.Token, Value = "jti-1", ValueIssuer = null, Until = At + Hour, Reason = "lost laptop" },
        new RevocationLifted { Act = Act, Kind = RevocationKind.Certificate, Value = "0a1b", ValueIssuer = "CN=Clients CA", Reason = "found again" },
        new RecordingHeld { Act = Act, SessionId = SampleSession.Id, Reason = "case 9" },
        new HoldLifted { Act = Act, SessionId = SampleSession.Id, Reason = "case closed" },
        new RecordingErased { Act = Act, SessionId = SampleSession.Id, Reason = "request 12" },
        new RecordingsExpired { Act = Act, Connection = "telemetry", Before = At, Sessions = [SampleSession.Id, "node1-another"] },
        new ActRecorded { Act = Act, Kind = ActKind.SessionKilled, Target = SampleSession.Id, Detail = "noise" },
        new PolicyPut { Act = Act, Name = "contractors", Document = "apiVersion: gateway/v1\nkind: AccessPolicy\n" },
        new PolicyRemoved { Act = Act, Name = "contractors" },
        new CertificatePut { Act = Act, Name = "edge", Document = "apiVersion: gateway/v1\nkind: Certificate\n" },
        new CertificateRemoved { Act = Act, Name = "edge" },
        new RotationOrdered { Act = Act, Name = "edge" },
        new CertificateIssued
        {
            Act = Act, Name = "edge", Version = 300, Chain = [new byte[] { 48, 1, 0 }, new byte[] { 48, 0 }], SealedKey = new byte[] { 1, 2, 3, 255 }, Generation = 2,
        },
        new CertificateActivated { Act = Act, Name = "edge", Version = 300, Nodes = ["gw.1.aaaa", "gw.2.bbbb"] },
        new CertificateProven { Act = Act, Name = "edge", Version = 300, Nodes = ["gw.1.aaaa", "gw.2.bbbb"] },
        new CertificateRetired { Act = Act, Name = "edge", Version = 299, Reason = "replaced by version 300" },
        new RotationFailed { Act = Act, Name = "edge", Version = 301, Attempt = 2, NextAttempt = At + Hour, Reason = "the issuer does not answer" },
        new AuthorityMade { Act = Act, Generation = 2, Chain = [new byte[] { 48, 1, 0 }, new byte[] { 48, 0 }], SealedKey = new byte[] { 1, 2, 3, 255 } },
        new AuthorityStaged { Act = Act, Generation = 2, Stage = AuthorityStage.Signing },
        new AcmeAccountKept
        {
            Act = Act, Issuer = "public", Directory = "https://acme.example.org/dir", Url = "https://acme.example.org/account/7",
            SealedKey = new byte[] { 1, 2, 3, 255 }, SealedNextKey = new byte[] { 4 },
        },
        new Resealed { Act = Act, Kind = ResealedKind.Certificate, Name = "edge", Number = 300, Replaces = new byte[32], Sealed = new byte[] { 1, 2, 3, 255 } },
    ];

    /// <summary>The same act as another person's, of another id.</summary>
    public static Act ActOf(string id) => Act with { Id = id };

    public static T Of<T>() where T : RegistryEvent => All.OfType<T>().Single();
}
