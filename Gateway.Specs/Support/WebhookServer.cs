using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gateway.Specs.Support;

/// <summary>A real HTTPS server that takes what is posted to it, and answers as the spec says.</summary>
public sealed class WebhookServer : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly ConcurrentQueue<WebhookRequest> _requests = new();

    WebhookServer(X509Certificate2 certificate, int port)
    {
        _app = LoopbackHttps.Build(certificate, port);
        _app.MapPost("/{**path}", TakeAsync);
    }

    /// <summary>Status and <c>Retry-After</c> of the next answers.</summary>
    public (int Status, string? RetryAfter) Answer { get; set; } = (204, null);

    /// <summary>What the next answers say.</summary>
    public string? Says { get; set; }

    public IReadOnlyList<WebhookRequest> Requests => [.. _requests];

    public string Url => $"https://localhost:{_app.Port()}/hook";

    /// <summary>The ids of the events in requests that were taken.</summary>
    public IReadOnlyList<string> EventIds =>
    [
        .. Requests.SelectMany(r =>
        {
            using var json = JsonDocument.Parse(r.Body);
            return json.RootElement.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("id").GetString()!).ToArray();
        }),
    ];

    /// <param name="certificate">The server's.</param>
    /// <param name="port">0: the system's choice.</param>
    public static async Task<WebhookServer> StartAsync(X509Certificate2 certificate, int port = 0)
    {
        var server = new WebhookServer(certificate, port);
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        if (Answer.Status < 300) _requests.Enqueue(new WebhookRequest(headers, body.ToArray()));
        context.Response.StatusCode = Answer.Status;
        if (Answer.RetryAfter is { } after) context.Response.Headers.RetryAfter = after;
        if (Says is { } says) await context.Response.WriteAsync(says);
    }
}

public sealed record WebhookRequest(IReadOnlyDictionary<string, string> Headers, byte[] Body);
