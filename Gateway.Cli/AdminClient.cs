using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli;

/// <summary>
/// Speaks to a node's admin API. What goes wrong is a <see cref="CommandException"/> that says what to do; neither it nor anything else
/// shows the token.
/// </summary>
public sealed class AdminClient : IDisposable
{
    // A kill answers once the session's seal is durable.
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    readonly HttpClient _http;
    readonly Func<CancellationToken, Task<string?>> _token;
    readonly string _node;
    readonly bool _hasCertificate;
    bool _hasToken;

    /// <summary>Trusts these authorities, or with null the system's. A node asks for the certificate; it counts where there is no token.</summary>
    public AdminClient(Uri node, string? token, X509Certificate2Collection? authorities, SslStreamCertificateContext? certificate = null)
        : this(node, _ => Task.FromResult(token), authorities, certificate)
    {
    }

    /// <summary>Asks for the token before each request, for it may have been renewed; null: none.</summary>
    public AdminClient(
        Uri node, Func<CancellationToken, Task<string?>> token, X509Certificate2Collection? authorities, SslStreamCertificateContext? certificate = null)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10) };
        if (authorities is not null) handler.SslOptions.CertificateChainPolicy = Trusting(authorities);
        handler.SslOptions.ClientCertificateContext = certificate;
        _hasCertificate = certificate is not null;
        _http = new HttpClient(handler) { BaseAddress = node, Timeout = s_patience };
        _node = node.GetLeftPart(UriPartial.Authority);
        _token = token;
    }

    /// <summary>The answer, or null when there is no such thing.</summary>
    public async Task<T?> FindAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel) where T : class
    {
        using var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancel);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(answer, type, cancel);
    }

    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel) where T : class =>
        await FindAsync(path, type, cancel) ?? throw Misspoken("has no such path");

    public async Task<string> GetTextAsync(string path, CancellationToken cancel)
    {
        using var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancel);
        return await answer.Content.ReadAsStringAsync(cancel);
    }

    /// <summary>The answer as it arrives, or null when there is no such thing. Dispose of it.</summary>
    public async Task<Stream?> OpenAsync(string path, CancellationToken cancel)
    {
        var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancel);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await answer.Content.ReadAsStreamAsync(cancel);
    }

    /// <summary>Posts, with a body or without; null when there is no such thing.</summary>
    public async Task<T?> PostAsync<T>(string path, HttpContent? body, JsonTypeInfo<T> type, CancellationToken cancel) where T : class
    {
        using var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = body }, cancel);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(answer, type, cancel);
    }

    /// <summary>Puts a body; null when there is no such thing.</summary>
    public async Task<T?> PutAsync<T>(string path, HttpContent body, JsonTypeInfo<T> type, CancellationToken cancel) where T : class
    {
        using var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Put, path) { Content = body }, cancel);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(answer, type, cancel);
    }

    /// <summary>Deletes what has this entity tag, or whatever there is; null when there is no such thing.</summary>
    public async Task<T?> DeleteAsync<T>(string path, string? match, JsonTypeInfo<T> type, CancellationToken cancel) where T : class
    {
        var request = new HttpRequestMessage(HttpMethod.Delete, path);
        if (match is not null) request.Headers.IfMatch.Add(new EntityTagHeaderValue(match));
        using var answer = await SendAsync(request, cancel);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(answer, type, cancel);
    }

    public void Dispose() => _http.Dispose();

    static X509ChainPolicy Trusting(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        var token = await _token(cancel);
        _hasToken = token is not null;
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotFound) return answer;
            using (answer) throw await RefusedAsync(answer, cancel);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            throw Unreachable("is not proven by a certificate that is trusted here; name its authorities with --ca", e);
        }
        catch (HttpRequestException e)
        {
            var what = e.HttpRequestError == HttpRequestError.NameResolutionError ? "its name does not resolve" : "no connection";
            throw Unreachable($"cannot be reached ({what}); is the node up, and --node right?", e);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw Unreachable($"did not answer within {s_patience.TotalSeconds:0} s; try again, or another node", e);
        }
    }

    async Task<CommandException> RefusedAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        var isProblem = answer.Content.Headers.ContentType?.MediaType == Problem.MediaType;
        var problem = isProblem ? await ReadAsync(answer, AdminJson.Default.Problem, cancel) : null;
        var detail = problem is null ? $"the node answered {(int)answer.StatusCode}" : Printable.Text(problem.Detail);
        // What is wrong with documents is one line each, as everywhere.
        if (problem?.Faults is { Count: > 0 } faults) detail = string.Join("\ngateway: ", faults.Select(Printable.Text));
        return answer.StatusCode switch
        {
            // What a node answers to a certificate that it asked for says more; one that asks for none says that there is no token.
            HttpStatusCode.Unauthorized when !_hasToken && _hasCertificate && problem?.Refusal is not null =>
                new(ExitCode.Refused, "the node takes no client certificates; ask its operators for Admin:ClientCertificates, or run gateway login"),
            HttpStatusCode.Unauthorized when !_hasToken && !_hasCertificate =>
                new(ExitCode.Refused, "the node asks who you are; run gateway login, or give --token-file"),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests => new(ExitCode.Refused, detail),
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => new(ExitCode.Unreachable, detail),
            _ => new(ExitCode.Failed, detail),
        };
    }

    async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken cancel) where T : class
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync(type, cancel) ?? throw Misspoken("answered nothing");
        }
        catch (JsonException e)
        {
            throw Misspoken("answered what is no answer of its API", e);
        }
    }

    CommandException Unreachable(string what, Exception cause) => new(ExitCode.Unreachable, $"{_node} {what}", cause);

    CommandException Misspoken(string what, Exception? cause = null) =>
        new(ExitCode.Failed, $"{_node} {what}; is it a gateway's admin API, of this version?", cause);
}
