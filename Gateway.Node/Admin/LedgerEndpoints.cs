using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Replay;

namespace Gateway.Node.Admin;

/// <summary>The ledger of ended sessions, for auditors: whether it is whole, and that a session is in it.</summary>
static class LedgerEndpoints
{
    public static void MapLedger(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/ledger", VerifyAsync).For(AdminRoles.Auditor).Answers<LedgerView>("Verifies the ledger of ended sessions against the journal.");
        app.MapGet("/v1/ledger/{id}", ProveAsync).For(AdminRoles.Auditor).Answers<LedgerProofView>("Proves that a session is in the ledger.");
    }

    static async Task<IResult> VerifyAsync(HttpContext http, ILedger ledger)
    {
        // A question that is misread would be answered as if nothing had been seen.
        SeenHead? seen = null;
        if (http.Request.Query.Count > 0 && (http.Request.Query.Count > 1 || (seen = SeenHeadText.Parse(http.Request.Query["seen"].ToString())) is null))
            return Problems.Of(StatusCodes.Status400BadRequest, "The query takes seen, the size and root of a head, SIZE:ROOT, the root 64 hex digits, and nothing else.");
        return await Problems.OfRecordAsync("The record of acts", async () =>
            Results.Json(LedgerView.Of(await ledger.VerifyAsync(seen, http.RequestAborted)), AdminJson.Default.LedgerView));
    }

    static Task<IResult> ProveAsync(HttpContext http, string id, ILedger ledger) => Problems.OfRecordAsync("The ledger", async () =>
        await ledger.ProveAsync(id, http.RequestAborted) is { } proof
            ? Results.Json(LedgerProofView.Of(proof), AdminJson.Default.LedgerProofView)
            : Problems.Of(StatusCodes.Status404NotFound, "The session is not in the ledger; those that ended are entered within seconds."));
}
