using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Actors.Sessions;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Node.Admin;

/// <summary>Sessions: every role sees them, auditors read what was said in them, operators end them.</summary>
static class SessionEndpoints
{
    /// <summary>
    /// How long a session may take to answer what it relayed; all are asked at once. Origin: who looks every two seconds, and who looks for what became of
    /// a session whose node does not answer.
    /// </summary>
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    static readonly string s_reasonRule =
        $"The body must be JSON with the one member reason, 1 to {KillRequest.LongestReason} characters on one line; say why.";

    public static void MapSessions(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/sessions", ListAsync).For(AdminRoles.Reader).Answers<IReadOnlyList<SessionView>>("Lists sessions, newest first.");
        app.MapGet("/v1/traffic", TrafficAsync).For(AdminRoles.Reader)
            .Answers<IReadOnlyList<SessionView>>("Lists open sessions, newest first, with what each has relayed.");
        app.MapGet("/v1/sessions/{id}", ShowAsync).For(AdminRoles.Reader).Answers<SessionView>("Shows a session.");
        app.MapGet("/v1/sessions/{id}/events", RecordingEndpoint.ReadAsync).For(AdminRoles.Auditor)
            .Answers<Stream>("Streams a session's recording.", type: "application/octet-stream");
        app.MapGet("/v1/sessions/{id}/key", RecordingEndpoint.KeyAsync).For(AdminRoles.Auditor)
            .Answers<RecordingKeyView>("The key to a recording's content.");
        app.MapGet("/v1/search", SearchEndpoint.SearchAsync).For(AdminRoles.Auditor)
            .Answers<SearchLine>("Searches what was said in recordings.", type: "application/x-ndjson");
        app.MapPost("/v1/sessions/{id}/kill", KillAsync).For(AdminRoles.Operator)
            .Answers<SessionView>("Ends a session.").Takes<KillRequest>("application/json");
        app.MapPost("/v1/sessions/{id}/redrive", RedriveAsync).For(AdminRoles.AuditingOperator)
            .Answers<SessionView>("Puts on record that a session is said again.").Takes<RedriveRequest>("application/json");
        app.MapGet("/v1/seal-key", (SealKey key) => Results.Text(key.PublicPem, "application/x-pem-file")).For(AdminRoles.Auditor)
            .Answers<string>("The public key that verifies seals.", type: "application/x-pem-file");
    }

    static async Task<IResult> ListAsync(HttpContext http, ISessionArchive archive)
    {
        var (filter, fault) = SessionQuery.Read(http.Request.Query);
        if (filter is null) return Problems.Of(StatusCodes.Status400BadRequest, fault);
        var rows = await archive.ListAsync(filter, http.RequestAborted);
        return Results.Json([.. rows.Select(SessionView.Of)], AdminJson.Default.IReadOnlyListSessionView);
    }

    static async Task<IResult> TrafficAsync(HttpContext http, ISessionArchive archive, ISessionCommands commands, TimeProvider time)
    {
        var (filter, fault) = SessionQuery.Read(http.Request.Query);
        if (filter is null) return Problems.Of(StatusCodes.Status400BadRequest, fault);
        var rows = await archive.ListAsync(filter with { Open = true }, http.RequestAborted);
        var views = await Task.WhenAll(rows.Select(
            async row => SessionView.Of(row) with { Live = await LiveAsync(http, row.SessionId, commands, time) }));
        return Results.Json([.. views], AdminJson.Default.IReadOnlyListSessionView);
    }

    static async Task<IResult> ShowAsync(HttpContext http, string id, ISessionArchive archive, ISessionCommands commands, RecordingLife life, TimeProvider time)
    {
        if (await archive.FindAsync(id, http.RequestAborted) is not { } row) return Problems.NoSession();
        var live = row.Closing is null ? await LiveAsync(http, id, commands, time) : null;
        var client = await SessionBeginning.ClientAsync(archive, id, http.RequestAborted);
        var noticed = NoticeView.Of(await archive.NoticesAsync(id, http.RequestAborted));
        var view = SessionView.Of(row) with
        {
            Live = live,
            Tls = client is null ? null : ClientTlsView.Of(client),
            Anomalies = noticed,
            Operations = SessionOperationsView.Of(await archive.OperationsAsync(id, http.RequestAborted)),
        };
        return Results.Json(await life.ShownAsync(view, http.RequestAborted), AdminJson.Default.SessionView);
    }

    static async Task<IResult> KillAsync(
        HttpContext http, string id, ISessionArchive archive, ISessionCommands commands, RecordingLife life, AuditTrail audit,
        TimeProvider time, ILogger<AdminAccess> log)
    {
        if ((await Bodies.JsonAsync(http, AdminRequestJson.Default.KillRequest))?.Checked() is not { } reason) return Problems.Of(StatusCodes.Status400BadRequest, s_reasonRule);
        if (await archive.FindAsync(id, http.RequestAborted) is null) return Problems.NoSession();
        if (await audit.RecordAsync(http, ActKind.SessionKilled, id, reason) is { } refused) return refused;
        AdminLog.Kills(log, Caller.NameOf(http), id, reason);
        await commands.EndAsync(new EndSession(id, Ending.Killed, Refusal.None, $"{Caller.NameOf(http)}: {reason}"), http.RequestAborted);
        return await ShowAsync(http, id, archive, commands, life, time);
    }

    // What is said again is said by a client of the connection, which judges and records it like any other: see docs/cli.md.
    static async Task<IResult> RedriveAsync(
        HttpContext http, string id, ISessionArchive archive, ISessionCommands commands, IConnections connections, AuditTrail audit,
        RecordingLife life, TimeProvider time, ILogger<AdminAccess> log)
    {
        if (await Bodies.JsonAsync(http, AdminRequestJson.Default.RedriveRequest) is not { } order || AccessReasons.Checked(order.Reason) is not { } reason)
            return Problems.Of(StatusCodes.Status400BadRequest, $"The body must be JSON with connection and reason; {AccessReasons.Rule}");
        if (connections.Served.FirstOrDefault(c => c.Name == order.Connection) is not { } connection)
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "This node serves no connection of that name; list them with GET /v1/connections.");
        if (await archive.FindAsync(id, http.RequestAborted) is null) return Problems.NoSession();
        if (await audit.RecordAsync(http, ActKind.SessionRedriven, id, $"{connection.Name}: {reason}") is { } refused) return refused;
        AdminLog.Redrives(log, Caller.NameOf(http), id, connection.Name, reason);
        return await ShowAsync(http, id, archive, commands, life, time);
    }

    // A session whose node is gone does not answer; what the journal knows of it is still worth showing.
    static async Task<LiveView?> LiveAsync(HttpContext http, string id, ISessionCommands commands, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(s_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, limit.Token);
        try
        {
            return LiveView.Of(await commands.ShowAsync(id, either.Token));
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return null;
        }
    }
}
