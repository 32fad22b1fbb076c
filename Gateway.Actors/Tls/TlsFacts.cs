using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Tls;

/// <summary>What the record says of a leg, and how a failed handshake is told.</summary>
public static class TlsFacts
{
    /// <summary>The negotiated version, such as <c>TLS 1.3</c>.</summary>
    public static string Version(SslStream stream) => stream.SslProtocol switch
    {
        SslProtocols.Tls13 => "TLS 1.3",
        SslProtocols.Tls12 => "TLS 1.2",
        var other => throw new InvalidOperationException($"{other} was negotiated although it is never offered."),
    };

    /// <summary>The negotiated suite by its IANA name.</summary>
    public static string Suite(SslStream stream) => stream.NegotiatedCipherSuite.ToString();

    /// <summary>SHA-256 of the certificate, lower-case hex.</summary>
    public static string Sha256(X509Certificate2 certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span));

    /// <summary>True for what a peer or the network can cause; anything else is a broken promise of ours.</summary>
    public static bool IsPeersDoing(Exception fault) =>
        fault is AuthenticationException or IOException or SocketException or CryptographicException or OperationCanceledException;

    /// <summary>The innermost message: the engine's own words for what went wrong, such as the alert that the peer sent.</summary>
    public static string Innermost(Exception fault)
    {
        while (fault.InnerException is { } inner) fault = inner;
        return fault.Message;
    }
}
