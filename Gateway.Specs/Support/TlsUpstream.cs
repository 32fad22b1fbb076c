using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Specs.Support;

/// <summary>A real TLS server on loopback that a spec scripts. Counts connections.</summary>
public sealed class TlsUpstream : IAsyncDisposable
{
    readonly SslServerAuthenticationOptions _options;
    readonly Func<SslStream, Task> _script;
    readonly LoopbackListener _listener;

    public TlsUpstream(X509Certificate2 certificate, Func<SslStream, Task> script)
        : this(new SslServerAuthenticationOptions { ServerCertificate = certificate }, script)
    {
    }

    public TlsUpstream(SslServerAuthenticationOptions options, Func<SslStream, Task> script)
    {
        (_options, _script) = (options, script);
        _listener = new LoopbackListener(ServeAsync);
    }

    public int Port => _listener.Port;

    public int Connections => _listener.Connections;

    /// <summary>Sends back whatever comes, until the client sends no more.</summary>
    public static async Task EchoAsync(SslStream stream)
    {
        await stream.CopyToAsync(stream);
        await stream.ShutdownAsync();
    }

    /// <summary>When every connection so far has ended by itself: then all has arrived that ever will.</summary>
    public Task FinishedAsync() => _listener.FinishedAsync();

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsServerAsync(_options, stop);
        await _script(stream);
    }
}
