using System.Net.Security;
using Gateway.Actors.Connections;
using Gateway.Protocols;
using Gateway.Protocols.Tls;

namespace Gateway.Actors.Tls;

/// <summary>
/// Handshakes by which a certificate authority validates a name (RFC 8737). They have nothing in common with a client's but the port: they are given the
/// challenge's own certificate and no other, asked for none, and closed once they are complete. Pure.
/// </summary>
static class TlsAlpn01
{
    /// <summary>RFC 8737 section 3: it is offered alone.</summary>
    public const string Protocol = "acme-tls/1";

    // Whatever the connection demands of its clients: an authority is none, and knows nothing of its rules. TLS 1.2 is in the RFC.
    static readonly ClientTls s_rules = new()
    {
        AllowTls12 = true,
        ServerNames = [],
        ClientCertificate = ClientCertificateRule.None,
        ClientAuthorities = [],
    };

    public static bool IsAsked(ClientHello hello) => hello.Alpn is [Protocol];

    /// <param name="hello">For which <see cref="IsAsked"/> holds.</param>
    /// <param name="isPending">Whether the name it asks for is to be validated.</param>
    public static Verdict<TlsTerms> Judge(ClientHello hello, bool isPending) => isPending
        ? TlsPolicy.Judge(hello, s_rules)
        : new Refused(Refusal.ChallengeUnknown, hello.ServerName is { } name ? $"asks to validate {name}" : "asks to validate no name");

    public static SslServerAuthenticationOptions OptionsFor(SslStreamCertificateContext challenge, TlsTerms terms) => new()
    {
        ServerCertificateContext = challenge,
        EnabledSslProtocols = terms.Version,
        CipherSuitesPolicy = terms.Suites,
        AllowRenegotiation = false,
        // Neither begun by a ticket nor the beginning of one: nothing is carried over between such a handshake and a session.
        AllowTlsResume = false,
        ApplicationProtocols = [new SslApplicationProtocol(Protocol)],
        ClientCertificateRequired = false,
    };
}
