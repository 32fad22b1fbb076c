namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>Commands of <c>SSL_CTX_ctrl</c> and <c>SSL_ctrl</c>; openssl/ssl.h hides them behind macros.</summary>
enum ContextControl
{
    Mode = 33,
    SetReadAhead = 41,
    SetSessionCacheMode = 44,
    SetHostName = 55,
    SetStatusCallback = 63,
    SetStatusType = 65,
    GetStatusResponse = 70,
    SetStatusResponse = 71,
    SetGroupsList = 92,
    SetSignaturesList = 98,
    SetClientSignaturesList = 102,
    SetMinProtocol = 123,
    SetMaxProtocol = 124,
}

/// <summary>SSL_SESS_CACHE_* of openssl/ssl.h.</summary>
[Flags]
enum SessionCache
{
    Off = 0,
    Client = 0x1,

    /// <summary>The library's own cache takes no part.</summary>
    NoInternal = 0x300,
}

/// <summary>SSL_OP_* of openssl/ssl.h.</summary>
[Flags]
enum SslOptions : ulong
{
    None = 0,
    NoTicket = 1 << 14,
    NoCompression = 1 << 17,

    /// <summary>A client whose first choice is ChaCha20, because it has no AES in hardware, gets it.</summary>
    PrioritizeChaCha = 1 << 21,

    /// <summary>The server's order of suites counts.</summary>
    ServerPreference = 1 << 22,
    NoRenegotiation = 1 << 30,
}

/// <summary>SSL_MODE_* of openssl/ssl.h.</summary>
[Flags]
enum SslMode
{
    PartialWrite = 0x1,
    MovingWriteBuffer = 0x2,
    AutoRetry = 0x4,
    ReleaseBuffers = 0x10,
}

/// <summary>SSL_ERROR_* of openssl/ssl.h.</summary>
enum SslError
{
    None = 0,
    Ssl = 1,
    WantRead = 2,
    WantWrite = 3,
    Syscall = 5,
    ZeroReturn = 6,
}

/// <summary>X509_V_* of openssl/x509_vfy.h: each becomes an alert of its own.</summary>
enum VerifyError
{
    NotYetValid = 9,
    HasExpired = 10,
    NoLocalIssuer = 20,
    Revoked = 23,
    InvalidPurpose = 26,
    HostnameMismatch = 62,
}

/// <summary>SSL_TICKET_STATUS of openssl/ssl.h: what became of a ticket that a client brought.</summary>
enum TicketState
{
    Opened = 5,
    OpenedByOldKey = 6,
}

/// <summary>SSL_TICKET_RETURN of openssl/ssl.h: what is to be done with it.</summary>
enum TicketUse
{
    IgnoreAndRenew = 2,
    Use = 3,
    UseAndRenew = 4,
}

/// <summary>Protocol versions as they stand on the wire.</summary>
enum SslVersion
{
    Tls12 = 0x0303,
    Tls13 = 0x0304,
}
