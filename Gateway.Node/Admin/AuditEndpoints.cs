using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Node.Admin;

/// <summary>The record of administrative acts, for auditors.</summary>
static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder app) =>
        app.MapGet("/v1/audit", ListAsync).For(AdminRoles.Auditor)
            .Answers<AuditPage>("Lists administrative acts: the newest that match, oldest first. The whole record is verified while it is read.");

    static async Task<IResult> ListAsync(HttpContext http, IAuditRecord record)
    {
        var (filter, fault) = AuditQuery.Read(http.Request.Query);
        if (filter is null) return Problems.Of(StatusCodes.Status400BadRequest, fault);
        return await Problems.OfRecordAsync("The record of acts", async () =>
        {
            var read = await record.ReadAsync(filter, http.RequestAborted);
            var page = new AuditPage([.. read.Acts.Select(a => AuditView.Of(a.Number, a.Event))], read.Newest, Convert.ToHexStringLower(read.Head.Span));
            return Results.Json(page, AdminJson.Default.AuditPage);
        });
    }
}
