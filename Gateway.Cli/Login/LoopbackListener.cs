using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Cli.Login;

/// <summary>
/// Waits on loopback for the browser to come back from a login (RFC 8252 section 7.3), on a port of the system's choice. Whoever knows the
/// state is heard, once; everybody else on this machine gets a 404.
/// </summary>
sealed class LoopbackListener : IAsyncDisposable
{
    const string Path = "/callback";

    readonly WebApplication _server;
    readonly TaskCompletionSource<Callback> _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
    string? _state;

    LoopbackListener()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Limit);
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    public int Port { get; private set; }

    public string Redirect => $"http://127.0.0.1:{Port}{Path}";

    public static async Task<LoopbackListener> StartAsync(CancellationToken cancel)
    {
        var listener = new LoopbackListener();
        await listener._server.StartAsync(cancel);
        var addresses = listener._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        listener.Port = new Uri(addresses.Single()).Port;
        return listener;
    }

    /// <summary>What the browser brings for this state.</summary>
    public async Task<Callback> CalledAsync(string state, TimeSpan patience, TimeProvider time, CancellationToken cancel)
    {
        _state = state;
        try
        {
            return await _called.Task.WaitAsync(patience, time, cancel);
        }
        catch (TimeoutException e)
        {
            throw new CommandException(ExitCode.Refused, $"nobody logged in within {patience.TotalMinutes:0} minutes; run gateway login again", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
    }

    // One person's browser, and nothing larger than an answer in a URL.
    static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = 16;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.MaxRequestLineSize = 16 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
    }

    async Task AnswerAsync(HttpContext http)
    {
        var query = http.Request.Query;
        if (http.Request.Path != Path || !HttpMethods.IsGet(http.Request.Method) || !IsExpected(query["state"]))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var called = new Callback(query["code"], query["error"], query["error_description"], query["iss"]);
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'";
        http.Response.Headers.CacheControl = "no-store";
        var words = called.Code is null ? "The login failed; the command says why." : "You are logged in; go back to the command.";
        await http.Response.WriteAsync($"<!doctype html><title>gateway</title><p>{words} You can close this page.</p>", http.RequestAborted);
        await http.Response.CompleteAsync();
        _called.TrySetResult(called);
    }

    bool IsExpected(string? state) => _state is { } expected && state is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(state), Encoding.UTF8.GetBytes(expected));
}

/// <summary>What a browser brought back from a login.</summary>
sealed record Callback(string? Code, string? Error, string? Description, string? Issuer);
