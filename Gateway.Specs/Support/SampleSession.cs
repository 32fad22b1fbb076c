using System.Text;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Tls;

namespace Gateway.Specs.Support;

/// <summary>One of every journaled event, with fixed values, and a small recording made of them.</summary>
static class SampleSession
{
    public const string Id = "node1-01JABCDEFGHJKMNPQRSTVWXYZ0";

    public static readonly ClientFacts Client = new()
    {
        Address = "192.0.2.7:40112",
        Offered = "TLS 1.3, 3 suites, alpn mqtt",
        ServerName = "mqtt.example.test",
        TlsVersion = "TLS 1.3",
        TlsSuite = "TLS_AES_256_GCM_SHA384",
        CertificateSha256 = new string('a', 64),
    };

    /// <summary>As JA4's specification has it for its example.</summary>
    public static readonly ClientOffer Offer = new()
    {
        Ja4 = "t13d1516h2_8daaf6152771_e5627efa2ab1",
        Versions = [0x0304, 0x0303],
        Suites = [0x1301, 0x1302, 0xC02B],
        Groups = [0x11EC, 0x001D],
        SignatureAlgorithms = [0x0403, 0x0804],
        Alpn = ["mqtt"],
    };

    public static readonly SessionOpened Opened = new()
    {
        SessionId = Id,
        Connection = "telemetry",
        Protocol = "mqtt",
        NodeKey = "node1",
        OpenedAt = 1_764_000_000_000_000,
        Client = Client with { Offer = Offer, IsResumed = true },
        Subject = "münchen-42",
        Issuer = "https://issuer.example.test",
        Groups = ["sensors", "eu"],
        ExpiresAt = 1_764_003_600_000_000,
        ClientName = "sensor-42",
        Strict = true,
        UpstreamPlaintext = false,
        Level = RecordingLevel.Full,
    };

    public static readonly SessionRefused Refused = new()
    {
        SessionId = Id,
        Connection = "telemetry",
        Protocol = "mqtt",
        NodeKey = "node1",
        RefusedAt = 1_764_000_000_000_001,
        Client = new ClientFacts { Address = "192.0.2.8:5", Offered = "TLS 1.1", Offer = Offer with { Versions = [0x0302], Alpn = [] } },
        Refusal = Protocols.Refusal.TlsVersionTooOld,
        Detail = "the highest version offered is TLS 1.1",
    };

    public static readonly UpstreamSecured Upstream = new()
    {
        At = 1_764_000_000_250_000,
        Address = "198.51.100.3:8883",
        TlsVersion = "TLS 1.3",
        TlsSuite = "TLS_AES_128_GCM_SHA256",
        CertificateSha256 = new string('b', 64),
    };

    public static readonly TrafficCounted Counted = new()
    {
        At = 1_764_000_000_750_000,
        ToUpstreamBytes = 300,
        ToClientBytes = 5_000_000_000,
    };

    public static readonly OperationsRecorded Operations = new()
    {
        StartedAt = 1_764_000_000_750_000,
        ToUpstreamBytes = 40,
        ToClientBytes = 5_000_000_000,
        Operations =
        [
            new RecordedOperation
            {
                Direction = Direction.ToUpstream, AfterMicros = 0, Length = 36, PayloadLength = 0, Name = "SUBSCRIBE", Detail = "id 1, QoS 0, QoS 1",
                Resources = ["commands/+", "größe/#"],
            },
            new RecordedOperation { Direction = Direction.ToUpstream, AfterMicros = 7, Length = 4, PayloadLength = 0, Name = "PUBACK", Detail = "id 9", Resources = [] },
            new RecordedOperation
            {
                Direction = Direction.ToClient, AfterMicros = 2_000_000, Length = 5_000_000_000, PayloadLength = 4_999_999_980, Name = "PUBLISH",
                Detail = "QoS 0", Resources = ["film"],
            },
        ],
    };

    /// <summary>Those of <see cref="Operations"/> under <see cref="Key"/>, as the fourth of their session.</summary>
    public static readonly OperationsEncrypted EncryptedOperations = new()
    {
        Index = 3,
        StartedAt = Operations.StartedAt,
        ToUpstreamBytes = Operations.ToUpstreamBytes,
        ToClientBytes = Operations.ToClientBytes,
        Compression = Compression.None,
        PlainLength = 107,
        Payload = Convert.FromHexString(
            "2C21ABEF61AE6BB70D6594B87BD9A49D518F72B18191CCE4B34EA8AE9B08B23CD6D5330DC0DD0D760CF91CEF6B1F2F613066"
            + "0F059BC17807044C75811523149BC9F3B3102699DF7162FA5C9A73D9888B543C1E3344689BF1FA62507586D93F2726A689AC"
            + "08E7CF4055EECC0B324106767455EB60558FF1622B3A80"),
    };

    public static readonly OperationsDenied Denied = new()
    {
        At = 1_764_000_001_000_000,
        Operations = [new DeniedOperation("publish", "commands/all"), new DeniedOperation("subscribe", "#")],
    };

    public static readonly AccessConfirmed Confirmed = new()
    {
        At = 1_764_000_000_100_000,
        Rule = "access.rules[2]",
        TokenId = "b1946ac9",
        CertificateSerial = "0AFF",
        Until = 1_764_003_600_000_000,
        Renewed = true,
    };

    public static readonly AccessEnding Expiring = new()
    {
        At = 1_764_003_540_000_000,
        Until = 1_764_003_600_000_000,
        Refusal = Protocols.Refusal.AccessEnded,
    };

    public static readonly SessionNoticed Noticed = new()
    {
        At = 1_764_000_000_300_000,
        Kind = "volume-unusual",
        Explanation = "70000000 bytes were relayed so far, more than 10 times the 5000 bytes of the largest "
            + "of this subject's last 12 ended sessions here",
    };

    /// <summary>Both directions, an empty entry and numbers of more than one byte; the payload lies as it is.</summary>
    public static readonly TrafficRecorded Traffic = new()
    {
        Index = 300,
        StartedAt = 1_764_000_000_500_000,
        ToUpstreamOffset = 70_000,
        ToClientOffset = 5_000_000_000,
        Entries =
        [
            new TrafficEntry(Direction.ToUpstream, 0, 5), new TrafficEntry(Direction.ToClient, 1_000, 3), new TrafficEntry(Direction.ToUpstream, 2_000_000, 0),
        ],
        Compression = Compression.None,
        PlainLength = 8,
        Payload = "helloyes"u8.ToArray(),
    };

    /// <summary>The same, encrypted with the key of 32 bytes 2A.</summary>
    public static readonly TrafficRecorded EncryptedTraffic = Traffic with
    {
        Encryption = Encryption.Aes256Gcm,
        Payload = Convert.FromHexString("ED5973C3022B7F05EA3F9F625869EA8EAE30382F928F664E"),
    };

    /// <summary>Key id and signature are those of a key that no longer exists; its public part is <see cref="SealedKeyPem"/>.</summary>
    public static readonly SessionSealed Sealed = new()
    {
        SealedAt = 1_764_000_002_000_000,
        Ending = Ending.Refused,
        Refusal = Protocols.Refusal.IdentityExpired,
        Detail = "the token expired",
        Chunks = 301,
        ToUpstreamBytes = 70_005,
        ToClientBytes = 5_000_000_003,
        SealedBy = "node2",
        KeyId = Convert.FromHexString("7B5AF562011D2B0FB44E0B857836163BFA2C373292641196070DB891A5C21C9A"),
        Signature = Convert.FromHexString(
            "A6EC63CE27BA558EB0F3B17163E77EB044D1862DD28E14FEC19E8EEE2040A07BF28B45F4F490AF83072BF699E5AB99D3CFE7ABF98A74E442FA0F84EF29F91680"),
    };

    public const string SealedKeyPem =
        """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3SQwtfBbpAGgU+PbQv2oqN913mGs
        fAXMPNWOkq/dV/926AUV17W+f5WXW0bUw6r6vfj9TeWTnhnTzZYFZsyyRA==
        -----END PUBLIC KEY-----
        """;

    public static readonly SessionClosing Closing = new(1_764_000_002_000_000, Ending.ClosedByClient, Protocols.Refusal.None, null, 0, 0);

    public static StoredEvent Chunk(SessionRecorder recorder, params (Direction Direction, string Text)[] pieces)
    {
        var draft = ChunkDraft.Rent(TimeProvider.System);
        foreach (var (direction, text) in pieces)
            draft.Add(direction, Encoding.UTF8.GetBytes(text));
        return Record(recorder, draft);
    }

    public static StoredEvent Chunk(SessionRecorder recorder, Direction direction, byte[] bytes, TimeProvider? time = null)
    {
        var draft = ChunkDraft.Rent(time ?? TimeProvider.System);
        draft.Add(direction, bytes);
        return Record(recorder, draft);
    }

    /// <summary>The key that <see cref="EncryptedTraffic"/> opens with.</summary>
    public static RecordingKey Key() => RecordingKey.Of(Enumerable.Repeat((byte)0x2A, ContentSeal.KeyLength).ToArray())!;

    /// <summary>Opened, upstream, two chunks around a denial, sealed. The chunks are encrypted where there is a key to do it.</summary>
    public static List<StoredEvent> Recording(SealKey key, RecordingKey? content = null)
    {
        var recorder = new SessionRecorder(Id);
        if (content is not null) recorder.EncryptWith(content);
        return
        [
            recorder.Append(Opened),
            recorder.Append(Upstream),
            Chunk(recorder, (Direction.ToUpstream, "hello"), (Direction.ToClient, new string('x', 300)), (Direction.ToUpstream, "more")),
            recorder.Append(Denied),
            Chunk(recorder, (Direction.ToClient, "bye")),
            recorder.Seal(Closing, "node1", key),
        ];
    }

    /// <summary>A sealed recording of these pieces, one chunk each.</summary>
    public static List<StoredEvent> Recorded(SealKey key, params (Direction Direction, byte[] Bytes)[] pieces)
    {
        var recorder = new SessionRecorder(Id);
        List<StoredEvent> events = [recorder.Append(Opened), recorder.Append(Upstream)];
        events.AddRange(pieces.Select(piece => Chunk(recorder, piece.Direction, piece.Bytes)));
        events.Add(recorder.Seal(Closing, "node1", key));
        return events;
    }

    static StoredEvent Record(SessionRecorder recorder, ChunkDraft draft)
    {
        var stored = recorder.Append(draft);
        draft.Return();
        return stored;
    }
}
