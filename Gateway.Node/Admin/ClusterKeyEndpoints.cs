using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Node.Admin;

/// <summary>What the cluster's keys seal, and sealing it again with the newest.</summary>
static class ClusterKeyEndpoints
{
    public static void MapClusterKey(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/cluster-key", ShowAsync).For(AdminRoles.Watcher).Answers<ClusterKeyView>("Says how much each cluster key seals.");
        app.MapPost("/v1/cluster-key/reseal", ResealAsync).For(AdminRoles.Operator)
            .Answers<ResealView>(
                "Seals with the newest cluster key what older ones sealed; goes on with ?after= the answer's next, until there is none.");
    }

    static Task<IResult> ShowAsync(HttpContext http, Resealing resealing) => Problems.OfRecordAsync("What is sealed", async () =>
        Results.Json(await resealing.ShowAsync(http.RequestAborted), AdminJson.Default.ClusterKeyView));

    static Task<IResult> ResealAsync(HttpContext http, string? after, Resealing resealing, AuditTrail audit) =>
        Problems.OfRecordAsync("What is sealed", async () =>
        {
            var (done, answer) = await resealing.SealAgainAsync(audit.ActOf(http), after ?? "", http.RequestAborted);
            return done is null ? AuditTrail.Refused(answer)! : Results.Json(done, AdminJson.Default.ResealView);
        });
}
