using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Gateway.Actors.Tls;

namespace Gateway.Actors.Hosting.Events;

/// <summary>
/// A webhook, or an OTLP collector: batches are posted, and any success is an acknowledgement. A collector may
/// say with it how many it rejects.
/// </summary>
public sealed class HttpOutlet(OutletOptions options, TimeProvider time) : IEventOutlet
{
    const int LargestAnswer = 64 * 1024;

    static readonly MediaTypeHeaderValue s_json = new("application/json");

    readonly HttpClient _http = OutsideHttps.Client(options.AuthoritiesFile, LargestAnswer);

    public async Task<int> SendAsync(IReadOnlyList<AuditEvent> batch, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Address);
        var body = options.Kind is OutletKind.Otlp ? OtlpLogs.Request(batch) : WebhookBody.Of(batch);
        request.Content = new ByteArrayContent(body) { Headers = { ContentType = s_json } };
        try
        {
            Prove(request, batch, body);
            using var answer = await _http.SendAsync(request, cancel);
            if (answer.IsSuccessStatusCode) return Rejected(await answer.Content.ReadAsByteArrayAsync(cancel), batch.Count);
            // What it says beside is not repeated: it may quote what it was sent.
            throw new OutletException($"answers {(int)answer.StatusCode}", null, OutsideHttps.RetryAfter(answer.Headers, time.GetUtcNow()));
        }
        catch (OperationCanceledException e)
        {
            throw new OutletException("does not answer in time", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            throw new OutletException(e is HttpRequestException ? $"cannot be reached: {TlsFacts.Innermost(e)}" : "cannot be spoken to: its key or token cannot be read", e);
        }
    }

    public void Dispose() => _http.Dispose();

    int Rejected(byte[] answer, int sent) => options.Kind is OutletKind.Otlp ? OtlpLogs.Rejected(answer, sent) : 0;

    void Prove(HttpRequestMessage request, IReadOnlyList<AuditEvent> batch, byte[] body)
    {
        if (options.TokenFile is { } file)
        {
            var token = BearerTokenFile.Read(file) ?? throw new OutletException($"cannot be spoken to: {file} holds no bearer token");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (options.SigningKeysFile is not { } keysFile) return;
        var keys = OutletSecrets.SigningKeys(keysFile);
        if (keys.Count == 0) throw new OutletException($"cannot be spoken to: {keysFile} holds no signing keys");
        // The same each time these events are sent in one batch.
        var id = Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16));
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        request.Headers.Add(WebhookSignature.IdHeader, id);
        request.Headers.Add(WebhookSignature.TimeHeader, now.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Of(keys, id, now, body));
        foreach (var key in keys) CryptographicOperations.ZeroMemory(key);
    }
}
