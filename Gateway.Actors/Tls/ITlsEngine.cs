using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Gateway.Actors.Tls.Revocation;

namespace Gateway.Actors.Tls;

/// <summary>
/// Speaks TLS on a connected socket. What is allowed is said in .NET's own options and is the same for every engine: versions, suites,
/// certificates, the judge of the peer's certificate, which is heard before an application byte passes in either direction. Safe for use
/// from several threads.
/// </summary>
public interface ITlsEngine
{
    /// <summary>What operators call it.</summary>
    string Name { get; }

    /// <summary>
    /// True when a client that resumes has its certificate judged anew. Otherwise it must not resume where it is asked for one.
    /// </summary>
    bool JudgesResumed { get; }

    /// <summary>The bytes of an accepted socket before TLS, read and written the way the engine waits for sockets. Owns the socket.</summary>
    Stream Wire(Socket socket);

    /// <summary>A connected socket, the way the engine waits for sockets.</summary>
    /// <param name="host">Name or address.</param>
    /// <param name="port">Port.</param>
    /// <param name="beside">The session's other leg, if there is one: both are then waited for together.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="SocketException">The name does not resolve, or no address could be reached.</exception>
    Task<Socket> DialAsync(string host, int port, Stream? beside, CancellationToken cancel);

    /// <summary>The server's side. Owns the socket from now on: it is the leg's, and closed when the handshake fails.</summary>
    /// <param name="socket">Connected; nobody else reads or writes it.</param>
    /// <param name="wire">What <see cref="Wire"/> made of the same socket, with the bytes that were looked at.</param>
    /// <param name="terms">Must name the certificate context.</param>
    /// <param name="rules">What else it is held to.</param>
    /// <param name="cancel">Ends the handshake.</param>
    /// <exception cref="AuthenticationException">The peer or the judge refused.</exception>
    /// <exception cref="IOException">The connection ended or failed.</exception>
    Task<TlsLeg> AcceptAsync(Socket socket, PeekableStream wire, SslServerAuthenticationOptions terms, LegRules rules, CancellationToken cancel);

    /// <summary>The client's side; otherwise as <see cref="AcceptAsync"/>, and <see cref="DialAsync"/>.</summary>
    Task<TlsLeg> ConnectAsync(Socket socket, SslClientAuthenticationOptions terms, LegRules rules, Stream? beside, CancellationToken cancel);
}

/// <summary>A connection after its handshake. Whoever disposes the stream closes the socket.</summary>
/// <param name="Stream">Plain bytes in and out.</param>
/// <param name="Version">Such as <c>TLS 1.3</c>.</param>
/// <param name="Suite">The suite's IANA name.</param>
/// <param name="PeerSha256">SHA-256 of the peer's certificate, lower-case hex; null when it sent none.</param>
/// <param name="Protocol">The application protocol agreed upon; null for none.</param>
public sealed record TlsLeg(Stream Stream, string Version, string Suite, string? PeerSha256, string? Protocol)
{
    /// <summary>True when the peer resumed an earlier session; false where the engine does not tell.</summary>
    public bool IsResumed { get; init; }

    /// <summary>What the peer stapled, where it was asked to; null where it was not, or the engine cannot.</summary>
    public Staple? Staple { get; init; }
}
