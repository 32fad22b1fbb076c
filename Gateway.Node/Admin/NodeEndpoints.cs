using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Protocols.Journal;

namespace Gateway.Node.Admin;

/// <summary>The cluster, for viewers and operators.</summary>
static class NodeEndpoints
{
    public static void MapNodes(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/nodes", Nodes).For(AdminRoles.Watcher).Answers<ClusterSight>("Shows the cluster as this node sees it.");
        app.MapPost("/v1/node/drain", DrainAsync).For(AdminRoles.Operator)
            .Answers<DrainView>("Has this node finish its sessions and leave the cluster.", StatusCodes.Status202Accepted);
    }

    static IResult Nodes(IClusterView cluster) =>
        Results.Json(new ClusterSight(cluster.OwnKey, cluster.Nodes), AdminJson.Default.ClusterSight);

    static async Task<IResult> DrainAsync(HttpContext http, INodeCommands node, IClusterView cluster, AuditTrail audit, ILogger<AdminAccess> log)
    {
        if (await audit.RecordAsync(http, ActKind.NodeDrained, cluster.OwnKey, "") is { } refused) return refused;
        AdminLog.Drains(log, Caller.NameOf(http));
        await node.DrainAsync(http.RequestAborted);
        var view = new DrainView(cluster.OwnKey, "draining");
        return Results.Json(view, AdminJson.Default.DrainView, statusCode: StatusCodes.Status202Accepted);
    }
}
