using System.Buffers.Binary;

namespace Gateway.Protocols.Tls;

/// <summary>Names what a connection that does not begin with a TLS handshake record looks like, from whatever bytes are there.</summary>
static class NotTls
{
    // A client without TLS sends its first message in one piece, so the first bytes are not waited for: what is there is judged.
    public static ClientHelloRead Judge(ReadOnlySpan<byte> received) => received[0] switch
    {
        >= 0x80 => MaybeSsl2(received),
        0x14 or 0x15 or 0x17 or 0x18 when received.Length == 1 || received[1] == 3 =>
            ClientHelloRead.Malformed($"the first TLS record is of type {received[0]}, not a handshake"),
        _ => ClientHelloRead.Refused(Refusal.PlaintextOnTlsPort, $"looks like {Looks(received)}"),
    };

    /// <summary>An SSL 2.0 record: 15 bits of length below a set bit, then message type 1 and a version. RFC 6101 appendix E.</summary>
    static ClientHelloRead MaybeSsl2(ReadOnlySpan<byte> received)
    {
        if (received.Length < 4) return received.Length == 3 && received[2] != 1 ? Unknown : ClientHelloRead.NeedMore;
        var isHello = received[2] == 1 && received[3] is 0 or 2 or 3;
        return isHello ? ClientHelloRead.Refused(Refusal.TlsVersionTooOld, "an SSL 2.0 hello") : Unknown;
    }

    static ClientHelloRead Unknown => ClientHelloRead.Refused(Refusal.PlaintextOnTlsPort, "looks like no protocol known here");

    static string Looks(ReadOnlySpan<byte> received)
    {
        if (IsHttp(received)) return "HTTP";
        if (received.StartsWith("SSH-"u8)) return "SSH";
        if (received.StartsWith("PROXY "u8) || received.StartsWith("\r\n\r\n\0\r\nQUIT\n"u8)) return "a PROXY protocol header";
        if (received.StartsWith("AMQP"u8)) return "AMQP";
        if (IsPostgreSql(received)) return "PostgreSQL";
        if (received[0] == 0x10) return "an MQTT CONNECT";
        return "no protocol known here";
    }

    static bool IsHttp(ReadOnlySpan<byte> received) =>
        received.StartsWith("GET "u8) || received.StartsWith("POST "u8) || received.StartsWith("PUT "u8) || received.StartsWith("HEAD "u8)
        || received.StartsWith("OPTIONS "u8) || received.StartsWith("DELETE "u8) || received.StartsWith("PATCH "u8)
        || received.StartsWith("CONNECT "u8) || received.StartsWith("TRACE "u8) || received.StartsWith("PRI * HTTP/2"u8);

    /// <summary>
    /// StartupMessage, SSLRequest or CancelRequest: a length, then version 3 or request code 1234. PostgreSQL manual, section 54.7.
    /// </summary>
    static bool IsPostgreSql(ReadOnlySpan<byte> received) =>
        received.Length >= 8 && BinaryPrimitives.ReadUInt16BigEndian(received) == 0
        && BinaryPrimitives.ReadUInt16BigEndian(received[4..]) is 3 or 1234;
}
