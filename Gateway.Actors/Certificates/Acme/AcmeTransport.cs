using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Actors.Tls;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>
/// Speaks with one ACME server over verified HTTPS: signed requests with nonces (RFC 8555 sections 6.2 to 6.5), bounded answers, and errors in the
/// server's own words. Whatever is not as it must be is an <see cref="AcmeException"/>. For one caller at a time.
/// </summary>
sealed class AcmeTransport : IDisposable
{
    readonly HttpClient _http;
    readonly TimeProvider _time;
    string? _nonce;

    /// <param name="authoritiesFile">PEM bundle the server is verified with; null: the system's authorities.</param>
    /// <param name="time">Every wait has a deadline of this clock.</param>
    public AcmeTransport(string? authoritiesFile, TimeProvider time)
    {
        _time = time;
        _http = OutsideHttps.Client(authoritiesFile, AcmeLimits.Answer);
        // RFC 8555 section 6.1: clients say who they are.
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Gateway", null));
        _http.DefaultRequestHeaders.AcceptLanguage.Add(new StringWithQualityHeaderValue("en"));
    }

    /// <summary>What a new nonce is asked for at; known once the directory was read.</summary>
    public Uri? NewNonce { get; set; }

    public void Dispose() => _http.Dispose();

    /// <summary>What needs no signature: the directory and renewal information.</summary>
    public async Task<AcmeAnswer> GetAsync(Uri url, CancellationToken cancel)
    {
        var answer = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, url), cancel).ConfigureAwait(false);
        return answer.IsSuccess ? answer : throw Refused(url, answer, AcmeProblem.Read(answer.Body));
    }

    /// <summary>A signed request; sent again with another nonce where the server wants that.</summary>
    public async Task<AcmeAnswer> PostAsync(Uri url, AcmeSigner signer, JsonObject? payload, CancellationToken cancel, string? accept = null)
    {
        for (var attempt = 0; ; attempt++)
        {
            var nonce = _nonce ?? await NonceAsync(cancel).ConfigureAwait(false);
            _nonce = null;
            var body = Jws.Sign(signer.Key, signer.Account, url, nonce, payload).ToJsonString();
            var answer = await SendAsync(() => Request(url, body, accept), cancel).ConfigureAwait(false);
            _nonce = answer.Nonce;
            if (answer.IsSuccess) return answer;
            var problem = AcmeProblem.Read(answer.Body);
            if (problem.Type != "badNonce" || attempt >= AcmeLimits.NonceRetries) throw Refused(url, answer, problem);
        }
    }

    async Task<string> NonceAsync(CancellationToken cancel)
    {
        var url = NewNonce ?? throw new InvalidOperationException("The directory was not read.");
        var answer = await SendAsync(() => new HttpRequestMessage(HttpMethod.Head, url), cancel).ConfigureAwait(false);
        if (!answer.IsSuccess) throw Refused(url, answer, AcmeProblem.None);
        return answer.Nonce ?? throw new AcmeException($"{url.Host} gives no nonce, or one that is none");
    }

    async Task<AcmeAnswer> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(AcmeLimits.Request, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        using var request = make();
        try
        {
            using var response = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
            return AcmeAnswer.Of(response, body, _time.GetUtcNow());
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidOperationException)
        {
            throw new AcmeException($"{request.RequestUri!.Host} cannot be asked: {AcmeText.Printable(e.GetBaseException().Message, 200)}", e);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new AcmeException($"{request.RequestUri!.Host} does not answer within {AcmeLimits.Request.TotalSeconds:0} s", e);
        }
    }

    static HttpRequestMessage Request(Uri url, string body, string? accept)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/jose+json");
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        if (accept is not null) request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        return request;
    }

    static AcmeException Refused(Uri url, AcmeAnswer answer, AcmeProblem problem)
    {
        var retry = answer.RetryAfter is { } wanted && wanted > AcmeLimits.LongestRetry ? AcmeLimits.LongestRetry : answer.RetryAfter;
        var why = problem.Explanation.Length == 0 ? "without a reason" : $"({problem.Explanation})";
        return new($"{url.Host} answers with status {(int)answer.Status} {why}", problem, retry);
    }
}

/// <summary>Who signs a request.</summary>
/// <param name="Key">With this key.</param>
/// <param name="Account">The account's URL; null before it has one.</param>
sealed record AcmeSigner(AcmeAccountKey Key, Uri? Account);
