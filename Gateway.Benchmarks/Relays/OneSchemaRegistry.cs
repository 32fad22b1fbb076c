using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Relays;

/// <summary>A schema registry that answers everything with <see cref="Load.AvroPayment.Schema"/>, over TLS, once for each connection.</summary>
sealed class OneSchemaRegistry : IAsyncDisposable
{
    /// <summary>Bytes of a question: no gateway writes longer ones.</summary>
    const int LongestQuestion = 8 * 1024;

    static readonly byte[] s_answer = Answer();

    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly X509Certificate2 _certificate;
    readonly Task _serving;

    public OneSchemaRegistry(CertificateFiles certificates)
    {
        _certificate = X509Certificate2.CreateFromPemFile(certificates.ServerCertificate, certificates.ServerKey);
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Url => new($"https://{CertificateFiles.ServerName}:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _certificate.Dispose();
        _stop.Dispose();
    }

    async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await AnswerAsync(client.GetStream());
            }
            catch (Exception fault) when (fault is OperationCanceledException or IOException or SocketException or AuthenticationException)
            {
                // Who asked has gone, or the run is over.
            }
        }
    }

    async Task AnswerAsync(Stream client)
    {
        await using var tls = new SslStream(client);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
        var question = new byte[LongestQuestion];
        for (var length = 0; question.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0;)
        {
            var read = await tls.ReadAsync(question.AsMemory(length), _stop.Token);
            if (read == 0) return;
            length += read;
        }

        await tls.WriteAsync(s_answer, _stop.Token);
        await tls.ShutdownAsync();
    }

    static byte[] Answer()
    {
        var body = JsonSerializer.Serialize(new { schema = Load.AvroPayment.Schema });
        const string Type = "application/vnd.schemaregistry.v1+json";
        return Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {Type}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
    }
}
