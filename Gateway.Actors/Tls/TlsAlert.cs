using Gateway.Protocols;

namespace Gateway.Actors.Tls;

/// <summary>The words TLS has for a refused hello, so that the client can tell its user why. RFC 8446 section 6.</summary>
static class TlsAlert
{
    const byte HandshakeFailure = 40;
    const byte DecodeError = 50;
    const byte ProtocolVersion = 70;
    const byte MissingExtension = 109;
    const byte UnrecognizedName = 112;

    /// <summary>The whole record of a fatal alert; empty when the peer speaks no TLS or there is no word for it.</summary>
    public static ReadOnlyMemory<byte> For(Refusal refusal) => refusal switch
    {
        Refusal.TlsVersionTooOld => Fatal(ProtocolVersion),
        Refusal.TlsSuitesTooWeak => Fatal(HandshakeFailure),
        Refusal.ServerNameUnknown => Fatal(UnrecognizedName),
        Refusal.ServerNameMissing => Fatal(MissingExtension),
        Refusal.ClientHelloMalformed => Fatal(DecodeError),
        _ => ReadOnlyMemory<byte>.Empty,
    };

    static byte[] Fatal(byte description) => [21, 3, 3, 0, 2, 2, description];
}
