using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Tls;

namespace Gateway.Actors.Hosting.Events;

/// <summary>
/// Syslog over TLS. The protocol has no acknowledgement, and what was written to a socket may be lost with it; so every batch has a connection of its own,
/// and counts as taken when the server, having read it to its end, ends the connection too.
/// </summary>
public sealed class SyslogOutlet(OutletOptions options) : IEventOutlet
{
    const int MostAnswer = 4096;

    public async Task<int> SendAsync(IReadOnlyList<AuditEvent> batch, CancellationToken cancel)
    {
        var (host, port) = HostAndPort.Read(options.Address)!.Value;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var step = "cannot be reached";
        try
        {
            await socket.ConnectAsync(host, port, cancel);
            step = "did not agree on TLS";
            using var certificate = Certificate();
            await using var tls = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false);
            await tls.AuthenticateAsClientAsync(Terms(host, certificate), cancel);
            step = "did not take what it was sent";
            foreach (var e in batch) await tls.WriteAsync(SyslogMessage.Framed(e), cancel);
            await tls.ShutdownAsync().WaitAsync(cancel);
            socket.Shutdown(SocketShutdown.Send);
            await ToEndAsync(tls, cancel);
            return 0;
        }
        catch (OperationCanceledException e)
        {
            throw new OutletException($"{options.Address} {step} in time", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new OutletException($"{options.Address} cannot be spoken to: its certificate or key cannot be read", e);
        }
        catch (Exception e) when (TlsFacts.IsPeersDoing(e))
        {
            throw new OutletException($"{options.Address} {step}: {TlsFacts.Innermost(e)}", e);
        }
    }

    public void Dispose()
    {
    }

    // A server that says much more than nothing is no syslog server.
    static async Task ToEndAsync(SslStream tls, CancellationToken cancel)
    {
        var rest = new byte[MostAnswer];
        for (var read = 0; read < MostAnswer;)
        {
            var count = await tls.ReadAsync(rest.AsMemory(read), cancel);
            if (count == 0) return;
            read += count;
        }

        throw new OutletException("it answers, as no syslog server does");
    }

    // Read each time: certificates are renewed.
    X509Certificate2? Certificate() =>
        options is { CertificateFile: { } file, KeyFile: { } key } ? X509Certificate2.CreateFromPemFile(file, key) : null;

    SslStreamCertificateContext? Presented(X509Certificate2? certificate)
    {
        if (certificate is null) return null;
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(options.CertificateFile!);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    SslClientAuthenticationOptions Terms(string host, X509Certificate2? certificate) => new()
    {
        TargetHost = host,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateChainPolicy = OutsideHttps.Trust(options.AuthoritiesFile),
        ClientCertificateContext = Presented(certificate),
    };
}
