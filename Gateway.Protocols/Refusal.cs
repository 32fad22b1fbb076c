namespace Gateway.Protocols;

/// <summary>
/// Why a connection, a login, an operation or a running session was refused. The one vocabulary of the whole product: the same member is the
/// journal's number, the metric's label, the log's field and the auditor's word. Numbers are part of the journal format: never reused.
/// Hundreds name the guilty side: 1xx to 3xx the client, 4xx the gateway, 5xx the upstream (see <see cref="RefusalFacts"/>).
/// </summary>
public enum Refusal : ushort
{
    None = 0,

    // 1xx: the client's transport
    PlaintextOnTlsPort = 100,
    ClientHelloMalformed = 101,
    TlsVersionTooOld = 102,
    TlsSuitesTooWeak = 103,
    ServerNameUnknown = 104,
    ServerNameMissing = 105,
    TlsHandshakeFailed = 106,
    TlsHandshakeTooSlow = 107,
    ClientCertificateMissing = 108,
    ClientCertificateUntrusted = 109,
    ClientCertificateExpired = 110,
    ClientCertificateNotYetValid = 111,
    ClientCertificateRevoked = 112,
    ClientCertificateMisused = 113,
    ClientRevocationUnknown = 114,
    ChallengeUnknown = 115,
    ChallengeAnswered = 116,
    TlsGroupsRefused = 117,
    TlsSignaturesRefused = 118,
    ClientCertificateNotPinned = 119,
    ProxyHeaderMissing = 120,
    ProxyHeaderMalformed = 121,
    ProxyHeaderUntrusted = 122,

    // 2xx: the client's identity and rights
    LoginTooSlow = 200,
    TokenMissing = 201,
    TokenMalformed = 202,
    TokenExpired = 203,
    TokenNotYetValid = 204,
    TokenSignatureInvalid = 205,
    TokenIssuerUnknown = 206,
    TokenAudienceWrong = 207,
    TokenAlgorithmRefused = 208,
    TokenSubjectMissing = 209,
    NotGranted = 210,
    OperationDenied = 211,
    IdentityExpired = 212,
    IdentityRevoked = 213,
    IdentityChanged = 214,
    AccessEnded = 215,
    AccountUnknown = 216,
    ProofInvalid = 217,

    // 22x: assertions of SAML providers
    AssertionMalformed = 220,
    AssertionSignatureInvalid = 221,
    AssertionAlgorithmRefused = 222,
    AssertionIssuerUnknown = 223,
    AssertionAudienceWrong = 224,
    AssertionRecipientWrong = 225,
    AssertionExpired = 226,
    AssertionNotYetValid = 227,
    AssertionUnsolicited = 228,
    AssertionReplayed = 229,
    AssertionEncrypted = 230,
    AssertionSubjectMissing = 231,
    AssertionDenied = 232,
    LoginCodeInvalid = 233,

    // 3xx: the client's frames
    FrameMalformed = 300,
    FrameTooLarge = 301,
    ProtocolVersionUnsupported = 302,
    ProtocolViolated = 303,
    PayloadUnreadable = 304,

    // 4xx: the gateway itself
    TooManySessions = 400,
    RecordingFailed = 401,
    IssuerUnavailable = 402,
    NodeDraining = 403,
    SessionIdle = 404,
    InternalFault = 405,
    TooManyFromAddress = 406,
    TooManyOfSubject = 407,
    UpstreamSecretUnavailable = 410,
    GatewayCertificateUnavailable = 411,
    MaskingKeyUnavailable = 412,

    // 5xx: the upstream
    UpstreamUnreachable = 500,
    UpstreamTooSlow = 501,
    UpstreamTlsFailed = 502,
    UpstreamCertificateUntrusted = 503,
    UpstreamCertificateExpired = 504,
    UpstreamCertificateNotYetValid = 505,
    UpstreamCertificateRevoked = 506,
    UpstreamNameMismatch = 507,
    UpstreamCredentialsRefused = 508,
    UpstreamFrameMalformed = 509,
    UpstreamFrameTooLarge = 510,
    UpstreamLost = 511,
    UpstreamRevocationUnknown = 512,
    UpstreamCertificateMisused = 513,
    UpstreamCertificateNotPinned = 514,
    UpstreamNodeUnknown = 515,
    UpstreamStapleInvalid = 516,
    UpstreamPayloadUnreadable = 517,
}

/// <summary>Who has to change something before the same attempt can succeed.</summary>
public enum Side
{
    Client,
    Gateway,
    Upstream,
}
