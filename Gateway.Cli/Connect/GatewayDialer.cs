using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Cli.Connect;

/// <summary>Opens verified TLS 1.3 to a connection of a node.</summary>
/// <param name="Host">The node's.</param>
/// <param name="Port">The connection's.</param>
/// <param name="ServerName">What to ask for by SNI, and what the node's certificate must be for.</param>
/// <param name="Authorities">What verifies the node; null: the system's.</param>
/// <param name="Certificate">The client certificate for a new connection, with its key; null: none.</param>
sealed record GatewayDialer(
    string Host, int Port, string ServerName, X509Certificate2Collection? Authorities, Func<CancellationToken, Task<X509Certificate2?>> Certificate)
{
    public async Task<SslStream> DialAsync(CancellationToken cancel)
    {
        var certificate = await Certificate(cancel);
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? tls = null;
        try
        {
            await client.ConnectAsync(Host, Port, cancel);
            tls = new SslStream(new NetworkStream(client, ownsSocket: true));
            await tls.AuthenticateAsClientAsync(Options(certificate), cancel);
            return tls;
        }
        catch
        {
            if (tls is null) client.Dispose();
            else await tls.DisposeAsync();
            throw;
        }
    }

    SslClientAuthenticationOptions Options(X509Certificate2? certificate)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = ServerName,
            EnabledSslProtocols = SslProtocols.Tls13,
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
        };
        if (Authorities is null) return options;
        options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(Authorities);
        return options;
    }
}
