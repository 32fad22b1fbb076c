using Gateway.Protocols.Tls;

namespace Gateway.Protocols.Journal;

/// <summary>
/// What the journal keeps of a session. An accepted session is <see cref="SessionOpened"/>, then any number of
/// <see cref="TrafficRecorded"/> (or <see cref="OperationsEncrypted"/> or <see cref="TrafficCounted"/>, as the profile's level says), <see cref="OperationsDenied"/>,
/// <see cref="AccessConfirmed"/>, <see cref="AccessEnding"/> and <see cref="SessionNoticed"/> with one <see cref="UpstreamSecured"/> among
/// them, then one
/// <see cref="SessionSealed"/>. Traffic before <see cref="UpstreamSecured"/> is the client's login, credentials blanked out, and what the
/// gateway answered: none of it reached the upstream. A connection that never got a grant is one <see cref="SessionRefused"/>. Times are
/// microseconds since the Unix epoch, UTC.
/// </summary>
public abstract record SessionEvent;

/// <summary>The client was identified and granted access. Persisted before the upstream is dialled.</summary>
public sealed record SessionOpened : SessionEvent
{
    public required string SessionId { get; init; }

    public required string Connection { get; init; }

    public required string Protocol { get; init; }

    /// <summary>The key of the node process that accepted the socket.</summary>
    public required string NodeKey { get; init; }

    public required long OpenedAt { get; init; }

    public required ClientFacts Client { get; init; }

    public required string Subject { get; init; }

    /// <summary>The issuer's name, or the issuing CA's distinguished name for a certificate.</summary>
    public required string Issuer { get; init; }

    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>When the identity expires; null: it does not.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>The client's own name for itself inside the protocol (an MQTT client identifier), unverified.</summary>
    public string? ClientName { get; init; }

    /// <summary>True when the profile recorded in strict mode: no byte was forwarded before it was durable.</summary>
    public bool Strict { get; init; }

    /// <summary>True when the profile allows an upstream leg without TLS, by name.</summary>
    public bool UpstreamPlaintext { get; init; }

    /// <summary>What of the traffic this recording holds.</summary>
    public RecordingLevel Level { get; init; } = RecordingLevel.Full;
}

/// <summary>What a recording holds of the traffic. That a session was, whose it was and how it ended is recorded at every level.</summary>
public enum RecordingLevel : byte
{
    /// <summary>Every byte.</summary>
    Full = 1,

    /// <summary>How many bytes passed, counted while they pass.</summary>
    Metadata = 2,

    /// <summary>How many bytes passed, counted once at the end.</summary>
    Off = 3,

    /// <summary>What was said, without what it carried: every operation of the protocol, with its name, what it is about, and sizes.</summary>
    Operations = 4,
}

/// <summary>The connection was refused before a grant existed; no byte reached the upstream.</summary>
public sealed record SessionRefused : SessionEvent
{
    public required string SessionId { get; init; }

    public required string Connection { get; init; }

    public required string Protocol { get; init; }

    public required string NodeKey { get; init; }

    public required long RefusedAt { get; init; }

    public required ClientFacts Client { get; init; }

    public required Refusal Refusal { get; init; }

    /// <summary>What exactly was wrong, without any secret.</summary>
    public required string Detail { get; init; }

    /// <summary>Who the client proved to be, when it got that far.</summary>
    public string? Subject { get; init; }
}

/// <summary>What is known of the client's leg. Everything but the address is null when the handshake did not get that far.</summary>
public sealed record ClientFacts
{
    public required string Address { get; init; }

    /// <summary>What the client offered, from its ClientHello: highest version, number of suites, ALPN names.</summary>
    public string? Offered { get; init; }

    public string? ServerName { get; init; }

    /// <summary>Negotiated version, such as <c>TLS 1.3</c>.</summary>
    public string? TlsVersion { get; init; }

    public string? TlsSuite { get; init; }

    /// <summary>SHA-256 of the client certificate, lower-case hex.</summary>
    public string? CertificateSha256 { get; init; }

    /// <summary>The whole of what the client offered; null in events of earlier versions too.</summary>
    public ClientOffer? Offer { get; init; }

    /// <summary>True when the client resumed an earlier TLS session.</summary>
    public bool IsResumed { get; init; }
}

/// <summary>The upstream was dialled, verified and logged in to.</summary>
public sealed record UpstreamSecured : SessionEvent
{
    public required long At { get; init; }

    public required string Address { get; init; }

    /// <summary>Null when the profile allows plaintext.</summary>
    public string? TlsVersion { get; init; }

    public string? TlsSuite { get; init; }

    public string? CertificateSha256 { get; init; }
}

/// <summary>So many bytes passed since the last such event, and are not kept: the profile records below <see cref="RecordingLevel.Full"/>.</summary>
public sealed record TrafficCounted : SessionEvent
{
    public required long At { get; init; }

    public required long ToUpstreamBytes { get; init; }

    public required long ToClientBytes { get; init; }
}

/// <summary>
/// What passed since the last such event, in the order it was relayed: operations of the protocol without their payload, and how many bytes of them were
/// relayed. Together they take those bytes, but for what began before this event or goes on after it. The profile records at
/// <see cref="RecordingLevel.Operations"/>.
/// </summary>
public sealed record OperationsRecorded : SessionEvent
{
    /// <summary>When the first byte was relayed.</summary>
    public required long StartedAt { get; init; }

    public required long ToUpstreamBytes { get; init; }

    public required long ToClientBytes { get; init; }

    public required IReadOnlyList<RecordedOperation> Operations { get; init; }
}

/// <summary>
/// The same, readable with the session's key only: <see cref="Payload"/> is the list of operations, compressed, then encrypted
/// (<see cref="ContentSeal"/>).
/// </summary>
public sealed record OperationsEncrypted : SessionEvent
{
    /// <summary>Counts such events from 0.</summary>
    public required uint Index { get; init; }

    public required long StartedAt { get; init; }

    public required long ToUpstreamBytes { get; init; }

    public required long ToClientBytes { get; init; }

    public required Compression Compression { get; init; }

    public required int PlainLength { get; init; }

    public required ReadOnlyMemory<byte> Payload { get; init; }
}

/// <summary>One operation. <see cref="AfterMicros"/> counts from the event's start to its last byte, on a monotonic clock.</summary>
public sealed record RecordedOperation
{
    public required Direction Direction { get; init; }

    public required uint AfterMicros { get; init; }

    /// <summary>Bytes it took in its direction, payload included.</summary>
    public required long Length { get; init; }

    /// <summary>Bytes of the payload that was not kept.</summary>
    public required long PayloadLength { get; init; }

    /// <summary>What the protocol calls it.</summary>
    public required string Name { get; init; }

    /// <summary>What else it said.</summary>
    public required string Detail { get; init; }

    /// <summary>What it was about.</summary>
    public required IReadOnlyList<string> Resources { get; init; }
}

/// <summary>
/// One chunk of relayed traffic, both directions in the order they were relayed. <see cref="Payload"/> holds the bytes of all entries one after the
/// other, compressed as <see cref="Compression"/> says, then encrypted as <see cref="Encryption"/> says.
/// </summary>
public sealed record TrafficRecorded : SessionEvent
{
    /// <summary>Counts the session's chunks from 0 without a gap.</summary>
    public required uint Index { get; init; }

    /// <summary>When the first entry was relayed.</summary>
    public required long StartedAt { get; init; }

    /// <summary>Bytes relayed before this chunk, per direction.</summary>
    public required long ToUpstreamOffset { get; init; }

    public required long ToClientOffset { get; init; }

    public required IReadOnlyList<TrafficEntry> Entries { get; init; }

    public required Compression Compression { get; init; }

    public Encryption Encryption { get; init; }

    /// <summary>Length of the payload once decrypted and decompressed: the sum of the entries' lengths.</summary>
    public required int PlainLength { get; init; }

    public required ReadOnlyMemory<byte> Payload { get; init; }
}

/// <summary>One piece of relayed traffic. <see cref="AfterMicros"/> counts from the chunk's start on a monotonic clock.</summary>
public readonly record struct TrafficEntry(Direction Direction, uint AfterMicros, int Length);

/// <summary>How a chunk's payload is stored. The numbers are part of the journal format.</summary>
public enum Compression : byte
{
    None = 0,
    Zstandard = 1,
}

/// <summary>How a chunk's compressed payload is encrypted. The numbers are part of the journal format.</summary>
public enum Encryption : byte
{
    None = 0,

    /// <summary>AES-256-GCM under the session's data key; see <see cref="ContentSeal"/>.</summary>
    Aes256Gcm = 1,
}

/// <summary>Operations the grant did not allow; the gateway answered them itself.</summary>
public sealed record OperationsDenied : SessionEvent
{
    public required long At { get; init; }

    public required IReadOnlyList<DeniedOperation> Operations { get; init; }
}

/// <summary>
/// What the session stands on from now on: written once it is opened, and again whenever the client proved itself anew or the end of its access
/// moved.
/// </summary>
public sealed record AccessConfirmed : SessionEvent
{
    public required long At { get; init; }

    /// <summary>What allows it: <c>access.groups</c>, <c>access.subjects</c>, <c>access.rules[2]</c> or <c>grant ID</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>The token's <c>jti</c>, where a token is the proof and has one.</summary>
    public string? TokenId { get; init; }

    /// <summary>The client certificate's serial number in hex, where there is one.</summary>
    public string? CertificateSerial { get; init; }

    /// <summary>When access ends; null: it does not.</summary>
    public long? Until { get; init; }

    /// <summary>The client proved itself anew within the session.</summary>
    public bool Renewed { get; init; }
}

/// <summary>Access ends soon, and with it the session, unless the client proves itself anew before.</summary>
public sealed record AccessEnding : SessionEvent
{
    public required long At { get; init; }

    public required long Until { get; init; }

    /// <summary>What the session is refused for then.</summary>
    public required Refusal Refusal { get; init; }
}

/// <summary>The session differs from what its subject did here before. Nothing follows from it but that somebody should look.</summary>
public sealed record SessionNoticed : SessionEvent
{
    public required long At { get; init; }

    /// <summary>A word of <see cref="AnomalyKindWords"/>, or of a later version's.</summary>
    public required string Kind { get; init; }

    /// <summary>In what it differs, as a sentence with the figures it rests on.</summary>
    public required string Explanation { get; init; }
}

/// <summary>The last event of a session that was opened.</summary>
public sealed record SessionSealed : SessionEvent
{
    public required long SealedAt { get; init; }

    public required Ending Ending { get; init; }

    /// <summary>Set when the ending is <see cref="Journal.Ending.Refused"/>.</summary>
    public Refusal Refusal { get; init; }

    public string? Detail { get; init; }

    public required uint Chunks { get; init; }

    public required long ToUpstreamBytes { get; init; }

    public required long ToClientBytes { get; init; }

    /// <summary>The key of the node process that sealed the session; differs from the opener's after a node was lost.</summary>
    public required string SealedBy { get; init; }

    /// <summary>SHA-256 of the sealing key's public part (SubjectPublicKeyInfo), so that a verifier can pick the key.</summary>
    public required ReadOnlyMemory<byte> KeyId { get; init; }

    /// <summary>ECDSA P-256 over the chain value of the event before this one and this event's other fields (IEEE P1363 form, 64 bytes).</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }
}

/// <summary>How a session ended. The numbers are part of the journal format.</summary>
public enum Ending : byte
{
    ClosedByClient = 1,
    ClosedByUpstream = 2,

    /// <summary>Ended by the gateway, for the named refusal.</summary>
    Refused = 3,

    /// <summary>The node was told to leave and the grace period was over.</summary>
    Drained = 4,

    /// <summary>The node died; a survivor sealed what was durable.</summary>
    NodeLost = 5,

    /// <summary>An operator ended it.</summary>
    Killed = 6,
}
