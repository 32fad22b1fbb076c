using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Actors.Replay;
using Gateway.Protocols.Journal;

namespace Gateway.Node.Admin;

/// <summary>
/// How long a recording lives: operators erase its content, auditors keep it from being erased. Whoever may do the one may not do the other, and both are
/// acts of the record.
/// </summary>
static class RecordingLifeEndpoints
{
    public static void MapRecordingLife(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/sessions/{id}/erase", EraseAsync).For(AdminRoles.Operator)
            .Answers<SessionView>("Destroys the key to a recording's content; what it proves stays.").Takes<ReasonRequest>("application/json");
        app.MapPost("/v1/sessions/{id}/hold", HoldAsync).For(AdminRoles.Auditor)
            .Answers<SessionView>("Puts a recording under legal hold.").Takes<ReasonRequest>("application/json");
        app.MapPost("/v1/sessions/{id}/release", ReleaseAsync).For(AdminRoles.Auditor)
            .Answers<SessionView>("Lifts a legal hold.").Takes<ReasonRequest>("application/json");
    }

    static Task<IResult> EraseAsync(HttpContext http, string id, ISessionArchive archive, RecordingLife life, AuditTrail audit) =>
        DoAsync(http, id, archive, life, async (row, reason) =>
        {
            if (row.Closing is null) return Problems.Of(StatusCodes.Status409Conflict, "The session still runs; end it first: gateway sessions kill.");
            var (key, destroyedAt) = await life.KeyAsync(id, http.RequestAborted);
            if (key is null && destroyedAt is null)
                return Problems.Of(StatusCodes.Status409Conflict, "The recording has no key to destroy: it holds no encrypted content.");
            var act = new RecordingErased { Act = audit.ActOf(http), SessionId = id, Reason = reason };
            try
            {
                return await life.EraseAsync(act, http.RequestAborted) is { IsDone: false } answer ? AuditTrail.Refused(answer) : null;
            }
            catch (JournalUnavailableException e)
            {
                return Problems.Of(StatusCodes.Status503ServiceUnavailable, e.Message);
            }
        });

    static Task<IResult> HoldAsync(HttpContext http, string id, ISessionArchive archive, RecordingLife life, IRegistryCommands registry, AuditTrail audit) =>
        DoAsync(http, id, archive, life, async (_, reason) => AuditTrail.Refused(await registry.ChangeAsync(
            [new RecordingHeld { Act = audit.ActOf(http), SessionId = id, Reason = reason }], null, http.RequestAborted)));

    static Task<IResult> ReleaseAsync(HttpContext http, string id, ISessionArchive archive, RecordingLife life, IRegistryCommands registry, AuditTrail audit) =>
        DoAsync(http, id, archive, life, async (_, reason) => AuditTrail.Refused(await registry.ChangeAsync(
            [new HoldLifted { Act = audit.ActOf(http), SessionId = id, Reason = reason }], null, http.RequestAborted)));

    /// <summary>Does it, unless that has an answer of its own, and shows the session after it.</summary>
    static async Task<IResult> DoAsync(HttpContext http, string id, ISessionArchive archive, RecordingLife life, Func<SessionRow, string, Task<IResult?>> act)
    {
        if (AccessReasons.Checked((await Bodies.JsonAsync(http, AccessRequestJson.Default.ReasonRequest))?.Reason) is not { } reason)
            return Problems.Of(StatusCodes.Status400BadRequest, $"The body must be JSON with the member reason: {AccessReasons.Rule}");
        if (await archive.FindAsync(id, http.RequestAborted) is not { } row) return Problems.NoSession();
        return await act(row, reason) ?? Results.Json(await life.ShownAsync(SessionView.Of(row), http.RequestAborted), AdminJson.Default.SessionView);
    }
}
