using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Relays;

/// <summary>What relays ask beside the path of bytes, a schema registry or an issuer of tokens: answers in JSON by path, over TLS, one question a connection.</summary>
sealed class HttpsAnswers : IAsyncDisposable
{
    /// <summary>Bytes of a question: no gateway writes longer ones.</summary>
    const int LongestQuestion = 8 * 1024;

    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stop = new();
    readonly X509Certificate2 _certificate;
    readonly Func<string, string> _answerTo;
    readonly Task _serving;

    /// <param name="certificates">The server's is among them.</param>
    /// <param name="answerTo">A document of JSON for the path that is asked for.</param>
    public HttpsAnswers(CertificateFiles certificates, Func<string, string> answerTo)
    {
        _answerTo = answerTo;
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
        var length = 0;
        while (question.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            var read = await tls.ReadAsync(question.AsMemory(length), _stop.Token);
            if (read == 0) return;
            length += read;
        }

        await tls.WriteAsync(Answer(_answerTo(PathOf(question.AsSpan(0, length)))), _stop.Token);
        await tls.ShutdownAsync();
    }

    // "GET PATH HTTP/1.1".
    static string PathOf(ReadOnlySpan<byte> question) => Encoding.ASCII.GetString(question).Split(' ', 3)[1];

    static byte[] Answer(string body) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
}
