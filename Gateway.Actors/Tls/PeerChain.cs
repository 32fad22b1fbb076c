using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Tls;

/// <summary>What outlives a chain, which the engine disposes of after the handshake.</summary>
static class PeerChain
{
    /// <summary>A copy of the certificate that issued the peer's; null when the chain holds nobody else.</summary>
    public static X509Certificate2? IssuerOf(X509Chain chain) =>
        chain.ChainElements.Count > 1 ? X509CertificateLoader.LoadCertificate(chain.ChainElements[1].Certificate.RawData) : null;
}
