using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Node.Admin;

/// <summary>The cluster and what it serves, for operators.</summary>
static class NodeEndpoints
{
    public static void MapNodes(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/nodes", Nodes).For(AdminRoles.Operator);
        app.MapGet("/v1/connections", Connections).For(AdminRoles.Operator);
        app.MapPost("/v1/node/drain", DrainAsync).For(AdminRoles.Operator);
    }

    /// <summary>Only callers in this role, and a clear answer for the others.</summary>
    public static void For(this RouteHandlerBuilder endpoint, string role) =>
        endpoint.RequireAuthorization(role).WithMetadata(new RequiredRole(role));

    static IResult Nodes(IClusterView cluster) =>
        Results.Json(new ClusterSight(cluster.OwnKey, cluster.Nodes), AdminJson.Default.ClusterSight);

    static IResult Connections(IConnections connections) =>
        Results.Json([.. connections.All.Select(ConnectionView.Of)], AdminJson.Default.IReadOnlyListConnectionView);

    static async Task<IResult> DrainAsync(HttpContext http, INodeCommands node, IClusterView cluster, ILogger<AdminAccess> log)
    {
        AdminLog.Drains(log, Caller.NameOf(http));
        await node.DrainAsync(http.RequestAborted);
        var view = new DrainView(cluster.OwnKey, "draining");
        return Results.Json(view, AdminJson.Default.DrainView, statusCode: StatusCodes.Status202Accepted);
    }
}
