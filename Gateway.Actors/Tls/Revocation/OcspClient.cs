using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Tls.Revocation;

/// <summary>
/// Asks the responder that a certificate names, and keeps its answer as long as that counts. Only for certificates whose chain is verified:
/// then it is their authority that named the responder. Safe for use from several threads.
/// </summary>
sealed class OcspClient : IDisposable
{
    /// <summary>Bytes of an answer. Origin: one with the responder's certificate has 2 KB.</summary>
    const int LargestAnswer = 64 * 1024;

    /// <summary>Answers that are kept.</summary>
    const int MostKept = 16 * 1024;

    /// <summary>A handshake waits for it.</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    /// <summary>A responder that is down is not asked again for each handshake.</summary>
    static readonly TimeSpan s_unknownFor = TimeSpan.FromSeconds(15);

    readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    readonly TimeProvider _time;
    readonly HttpClient _http;

    public OcspClient(TimeProvider time)
    {
        _time = time;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, MaxResponseHeadersLength = 16, ConnectTimeout = s_patience };
        _http = new HttpClient(handler) { MaxResponseContentBufferSize = LargestAnswer, Timeout = Timeout.InfiniteTimeSpan };
    }

    public async Task<RevocationFinding> AskAsync(X509Certificate2 certificate, X509Certificate2 issuer, CancellationToken cancel)
    {
        if (Responder(certificate) is not { } responder) return new(RevocationState.Unknown, "it names no responder");
        var key = TlsFacts.Sha256(certificate);
        if (_kept.TryGetValue(key, out var kept) && Counts(kept)) return kept.Finding;
        var (_, finding, until) = await FetchAsync(responder, certificate, issuer, cancel).ConfigureAwait(false);
        Keep(key, finding, until);
        return finding;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The first responder that the certificate names and that can be asked; null for none.</summary>
    public static Uri? Responder(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509AuthorityInformationAccessExtension>().SelectMany(access => access.EnumerateOcspUris())
            .Where(IsAddress).Select(address => new Uri(address)).FirstOrDefault();

    /// <summary>Asks, whatever is kept. The answer itself is null where none came.</summary>
    public async Task<(byte[]? Answer, RevocationFinding Finding, DateTimeOffset Until)> FetchAsync(Uri responder, X509Certificate2 certificate, X509Certificate2 issuer, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(s_patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            using var question = new ByteArrayContent(OcspMessages.Ask(certificate, issuer));
            question.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
            using var answer = await _http.PostAsync(responder, question, either.Token).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode) return Unknown($"the responder answers with status {(int)answer.StatusCode}");
            var bytes = await answer.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
            var (finding, until) = OcspMessages.Judge(bytes, certificate, issuer, _time.GetUtcNow());
            return (bytes, finding, until);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return Unknown("the responder does not answer");
        }
    }

    // Whatever is thrown out is asked again: the bound matters, not which it is.
    void Keep(string key, RevocationFinding finding, DateTimeOffset until)
    {
        if (_kept.Count >= MostKept) _kept.Clear();
        _kept[key] = new(finding, until, _time.GetTimestamp());
    }

    // An answer says itself until when it counts; that there was none is not to outlast a clock that was wrong.
    bool Counts(Kept kept) => kept.Finding.State == RevocationState.Unknown
        ? _time.GetElapsedTime(kept.At) < s_unknownFor
        : _time.GetUtcNow() < kept.Until;

    static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", UserInfo: "" };

    (byte[]?, RevocationFinding, DateTimeOffset) Unknown(string detail) => (null, new(RevocationState.Unknown, detail), _time.GetUtcNow());

    readonly record struct Kept(RevocationFinding Finding, DateTimeOffset Until, long At);
}
