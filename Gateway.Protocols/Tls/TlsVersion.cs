namespace Gateway.Protocols.Tls;

/// <summary>TLS versions as the wire numbers them. RFC 8446 section 4.2.1.</summary>
public static class TlsVersion
{
    public const ushort Ssl3 = 0x0300;
    public const ushort Tls12 = 0x0303;
    public const ushort Tls13 = 0x0304;

    /// <summary>What people call it, such as <c>TLS 1.3</c>.</summary>
    public static string Name(ushort version) => version switch
    {
        0 => "no known version",
        Ssl3 => "SSL 3.0",
        >= 0x0301 and <= Tls13 => $"TLS 1.{version - 0x0301}",
        _ => $"version 0x{version:x4}",
    };

    /// <summary>Values that clients send to keep servers tolerant, and that mean nothing. RFC 8701 section 2.</summary>
    internal static bool IsGrease(ushort value) => (value & 0x0F0F) == 0x0A0A && value >> 8 == (value & 0xFF);
}
