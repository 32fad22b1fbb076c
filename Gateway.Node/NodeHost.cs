using Gateway.Actors.Hosting;
using Gateway.Node.Admin;
using Gateway.Node.PublicHttp;

namespace Gateway.Node;

/// <summary>A node as a process, or inside one.</summary>
public static class NodeHost
{
    /// <summary>
    /// Runs a node from its configuration until it is stopped or drained. Returns 0, or 1 after telling on standard error, one line each, everything that
    /// kept it from starting.
    /// </summary>
    public static async Task<int> RunAsync(WebApplicationBuilder builder, CancellationToken stop = default)
    {
        var configuration = NodeConfiguration.Read(builder.Configuration, builder.Environment.ContentRootPath);
        foreach (var fault in configuration.Faults) Tell(fault.ToString());
        if (configuration.Faults.Count > 0) return 1;
        // What is opened before there is a host logs all the same, by the same settings.
        using var logging = LoggerFactory.Create(log => log.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole());
        try
        {
            using var node = await OpenedNode.OpenAsync(configuration.Options, configuration.Connections, TimeProvider.System, logging, stop, configuration.Certificates);
            await using var app = Build(builder, node);
            await app.RunAsync(stop);
            return 0;
        }
        catch (Exception e) when (OpenedNode.IsExpected(e))
        {
            Tell(e.Message);
            return 1;
        }
    }

    /// <summary>The application of an opened node, not yet started.</summary>
    public static WebApplication Build(WebApplicationBuilder builder, OpenedNode node)
    {
        builder.Services.AddGateway(node).AddAdminApi(node.Options).AddTracing(node);
        builder.Services.AddSingleton(node.Options.Certificates).AddHostedService<PublicHttpListener>();
        return builder.Build().MapAdminApi();
    }

    static void Tell(string fault) => Console.Error.WriteLine($"gateway-node: {fault}");
}
