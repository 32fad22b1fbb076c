using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Specs.Support;

/// <summary>A well-behaved TLS client of a gateway, which verifies the gateway against the authority in a PEM file.</summary>
public static class TlsClient
{
    public static async Task<SslStream> ConnectAsync(
        IPEndPoint gateway, string authorityFile, X509Certificate2? certificate = null, Socket? socket = null,
        SslProtocols protocols = SslProtocols.None)
    {
        socket ??= new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(gateway);
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(authorityFile);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocols,
            CertificateChainPolicy = trust,
            ClientCertificates = certificate is null ? null : [certificate],
        });
        return stream;
    }

    /// <summary>Every byte until the gateway closes, however it closes.</summary>
    public static async Task<byte[]> ReadToEndAsync(Stream stream)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            for (int count; (count = await stream.ReadAsync(buffer, deadline.Token)) > 0;) bytes.Write(buffer, 0, count);
        }
        catch (IOException)
        {
            // Closed without a close_notify.
        }

        return bytes.ToArray();
    }
}
