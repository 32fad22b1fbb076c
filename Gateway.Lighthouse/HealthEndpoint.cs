using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gateway.Lighthouse;

/// <summary>
/// Answers <c>/live</c> while the process runs, and <c>/ready</c> with 200 while it is a full member of the cluster, else with 503. It
/// tells nothing else and takes no input, so it is plain HTTP.
/// </summary>
sealed class HealthEndpoint(LighthouseOptions options, IServiceProvider services) : IHostedService
{
    WebApplication? _web;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.HealthPort is not { } port) return;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenAnyIP(port);
        });
        _web = builder.Build();
        _web.Run(context => Answer(context, LighthouseCluster.IsUp(services.GetRequiredService<ActorSystem>())));
        await _web.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _web?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    static Task Answer(HttpContext context, bool up)
    {
        context.Response.StatusCode = context.Request.Path.Value switch
        {
            "/live" => StatusCodes.Status200OK,
            "/ready" => up ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status404NotFound,
        };
        return Task.CompletedTask;
    }
}
