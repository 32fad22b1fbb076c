using System.Net;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Certificates.Status;
using Gateway.Actors.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Node.PublicHttp;

/// <summary>
/// The port for what has to be had over plain HTTP, by anybody: answers to http-01, and what of the cluster's own authorities is revoked. A server of its own, so that nothing of the admin API can be reached
/// through it, whatever is added there.
/// </summary>
public sealed class PublicHttpListener(CertificateOptions options, PendingChallenges challenges, AuthorityStatus? status, ILoggerFactory logging) : IHostedService, IAsyncDisposable
{
    /// <summary>Authorities validate from a handful of places; more than these is an attack or a mistake.</summary>
    const int MaxConnections = 256;

    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    WebApplication? _server;

    /// <summary>Where it listens; null while it does not.</summary>
    public IPEndPoint? Address { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.HttpPort < 0) return;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logging).AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Limit);
        _server = builder.Build();
        _server.UseRouting();
        _server.MapGet("/.well-known/acme-challenge/{token}", AnswerAsync);
        if (status is not null) StatusResources.Map(_server, status);
        await _server.StartAsync(cancellationToken);
        var bound = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Address = new IPEndPoint(IPAddress.Parse(options.HttpAddress), new Uri(bound).Port);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Address = null;
        if (_server is { } server) await server.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server) await server.DisposeAsync();
    }

    void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        kestrel.Limits.MaxRequestBodySize = AuthorityStatus.LargestQuestion;
        kestrel.Limits.MaxRequestLineSize = 2048;
        kestrel.Limits.MaxRequestHeadersTotalSize = 8 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 32;
        kestrel.Limits.RequestHeadersTimeout = s_patience;
        kestrel.Limits.KeepAliveTimeout = s_patience;
        kestrel.Listen(IPAddress.Parse(options.HttpAddress), options.HttpPort, listen => listen.Protocols = HttpProtocols.Http1);
    }

    // RFC 8555 section 8.3. Nothing of the request is in the answer but a token that this cluster asked for.
    Task AnswerAsync(HttpContext http)
    {
        // Routing overlooks a slash at the end.
        if (http.Request.RouteValues["token"] is not string token || http.Request.Path.Value!.EndsWith('/') || challenges.AnswerTo(token) is not { } answer)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        http.Response.ContentType = "application/octet-stream";
        return http.Response.WriteAsync(answer, http.RequestAborted);
    }
}
