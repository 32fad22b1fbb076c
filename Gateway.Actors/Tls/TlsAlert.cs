using Gateway.Protocols;

namespace Gateway.Actors.Tls;

/// <summary>
/// The words TLS has for a refused hello, so that the client can tell its user why, and those a peer has for the gateway. RFC 8446 section 6.
/// </summary>
static class TlsAlert
{
    const byte HandshakeFailure = 40;
    const byte BadCertificate = 42;
    const byte CertificateUnknown = 46;
    const byte UnknownAuthority = 48;
    const byte AccessDenied = 49;
    const byte DecodeError = 50;
    const byte ProtocolVersion = 70;
    const byte InternalError = 80;
    const byte MissingExtension = 109;
    const byte UnrecognizedName = 112;
    const byte NoApplicationProtocol = 120;
    const byte CertificateRequired = 116;

    const int SslLibrary = 20;
    const int ReasonMask = 0x7FFFFF;

    /// <summary>SSL_AD_REASON_OFFSET of openssl/ssl.h.</summary>
    const int AlertReasons = 1000;

    /// <summary>The whole record of a fatal alert; empty when the peer speaks no TLS or there is no word for it.</summary>
    public static ReadOnlyMemory<byte> For(Refusal refusal) => refusal switch
    {
        Refusal.TlsVersionTooOld => Fatal(ProtocolVersion),
        Refusal.TlsSuitesTooWeak or Refusal.TlsGroupsRefused or Refusal.TlsSignaturesRefused => Fatal(HandshakeFailure),
        Refusal.ServerNameUnknown => Fatal(UnrecognizedName),
        Refusal.ServerNameMissing => Fatal(MissingExtension),
        Refusal.ClientHelloMalformed => Fatal(DecodeError),
        Refusal.ChallengeUnknown => Fatal(NoApplicationProtocol),
        Refusal.GatewayCertificateUnavailable => Fatal(InternalError),
        _ => ReadOnlyMemory<byte>.Empty,
    };

    /// <summary>What an upstream's end of the connection comes to: it may say by its alert that it wants another certificate of the gateway, or one at all.</summary>
    public static Refusal OfUpstream(Exception fault, Refusal otherwise) =>
        IsAboutCertificate(Received(fault)) ? Refusal.UpstreamCredentialsRefused : otherwise;

    /// <summary>The alert that the peer ended the connection with; null when it said nothing, or the engine does not tell.</summary>
    public static byte? Received(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            // Both engines pass on the error code of OpenSSL, which is its library's number and a reason (openssl/err.h).
            if ((cause.HResult >> 23, cause.HResult & ReasonMask) is (SslLibrary, > AlertReasons and <= AlertReasons + byte.MaxValue))
                return (byte)((cause.HResult & ReasonMask) - AlertReasons);
        }

        return null;
    }

    /// <summary>True when the peer says by this alert that it wants another certificate of us, or one at all.</summary>
    static bool IsAboutCertificate(byte? alert) =>
        alert is >= BadCertificate and <= CertificateUnknown or UnknownAuthority or AccessDenied or CertificateRequired;

    static byte[] Fatal(byte description) => [21, 3, 3, 0, 2, 2, description];
}
