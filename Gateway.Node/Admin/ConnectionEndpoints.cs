using System.Globalization;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Registry;
using Gateway.Actors.Upstream;
using Gateway.Protocols.Journal;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Gateway.Node.Admin;

/// <summary>Connections: viewers and operators see them, operators change and try them.</summary>
static class ConnectionEndpoints
{
    /// <summary>A document and its authorities.</summary>
    const int MostDocumentBytes = EventLimits.Document;

    public static void MapConnections(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/connections", List).For(AdminRoles.Watcher).Answers<IReadOnlyList<ConnectionView>>("Lists the connections.");
        app.MapGet("/v1/connections/{name}", ShowAsync).For(AdminRoles.Watcher)
            .Answers<ConnectionDetailView>("Shows a connection, and how each node serves it. Its ETag is its revision.");
        app.MapPost("/v1/connections/apply", ApplyAsync).For(AdminRoles.Operator)
            .Answers<ApplyView>("Registers connections, certificates and access policies as the documents say, or tells what would change.").Takes<ApplyRequest>("application/json");
        app.MapPut("/v1/connections/{name}", PutAsync).For(AdminRoles.Operator)
            .Answers<ApplyView>("Registers one connection. If-Match names the revision it replaces, If-None-Match: * that it is new.").Takes<string>("application/yaml");
        app.MapDelete("/v1/connections/{name}", RemoveAsync).For(AdminRoles.Operator)
            .Answers<ApplyView>("Removes a registered connection. If-Match names its revision; ?terminate=true ends its sessions.");
        app.MapPost("/v1/connections/{name}/test", TestAsync).For(AdminRoles.Operator)
            .Answers<ProbeView>("Has this node dial the upstream, verify it and log in.");
    }

    static IResult List(IConnections connections) =>
        Results.Json([.. connections.Served.Select(ConnectionView.Of)], AdminJson.Default.IReadOnlyListConnectionView);

    static async Task<IResult> ShowAsync(HttpContext http, string name, IConnections connections, IRegistry registry, IConnectionSurvey survey)
    {
        if (connections.Served.FirstOrDefault(c => c.Name == name) is not { } served) return None();
        var registered = served.Origin == ConnectionOrigin.Registry ? registry.Current.Connections.GetValueOrDefault(name) : null;
        if (registered is not null) http.Response.Headers.ETag = Tag(registered.Revision);
        var view = new ConnectionDetailView(
            ConnectionView.Of(served), registered?.Document, registered is { By: var by } ? $"{by.Who} ({by.Issuer})" : null,
            registered is null ? null : JournalTime.Write(registered.By.At), await survey.AskAsync(name, http.RequestAborted));
        return Results.Json(view, AdminJson.Default.ConnectionDetailView);
    }

    static async Task<IResult> ApplyAsync(HttpContext http, IConnectionChanges changes, AuditTrail audit)
    {
        Bodies.Allow(http, ApplyRequest.MostBytes);
        var fault = "The body must be JSON with documents, and optionally name, files, mode, dryRun, prune and terminate; correct it.";
        var request = await Bodies.JsonAsync(http, AdminRequestJson.Default.ApplyRequest);
        if (request?.Checked(out fault) is not { } order) return Problems.Of(StatusCodes.Status400BadRequest, fault);
        return Answer(await changes.ApplyAsync(order, audit.ActOf(http), http.RequestAborted), order.DryRun);
    }

    static async Task<IResult> PutAsync(HttpContext http, string name, IConnectionChanges changes, AuditTrail audit)
    {
        if (!Condition(http.Request, out var revision)) return BadCondition();
        if (Terminate(http.Request) is not { } terminate) return BadQuery();
        if (await Bodies.TextAsync(http, MostDocumentBytes) is not { } text)
            return Problems.Of(StatusCodes.Status400BadRequest, "The body must be YAML in UTF-8; correct its encoding.");
        var order = new ApplyOrder { Documents = text, Only = (name, revision), Terminate = terminate };
        return Answer(await changes.ApplyAsync(order, audit.ActOf(http), http.RequestAborted), dryRun: false);
    }

    static async Task<IResult> RemoveAsync(HttpContext http, string name, IConnectionChanges changes, AuditTrail audit)
    {
        if (!Condition(http.Request, out var revision) || revision == 0) return BadCondition();
        if (Terminate(http.Request) is not { } terminate) return BadQuery();
        return Answer(await changes.RemoveAsync(name, revision, terminate, audit.ActOf(http), http.RequestAborted), dryRun: false);
    }

    static async Task<IResult> TestAsync(HttpContext http, string name, IConnections connections, UpstreamProbe probe, IClusterView cluster, AuditTrail audit)
    {
        if (connections.Served.FirstOrDefault(c => c.Name == name) is not { } served) return None();
        if (served.Profile is not { } profile) return Problems.Of(StatusCodes.Status422UnprocessableEntity, $"This node cannot read connection {name}: {served.Problem}.");
        if (await audit.RecordAsync(http, ActKind.ConnectionTested, name, "") is { } refused) return refused;
        return Results.Json(ProbeView.Of(name, cluster.OwnKey, await probe.RunAsync(profile, http.RequestAborted)), AdminJson.Default.ProbeView);
    }

    internal static IResult Answer(ChangeResult result, bool dryRun)
    {
        if (result.Faults.Count > 0) return Problems.OfFaults(result.Answer.Detail, [.. result.Faults.Select(f => f.ToString())]);
        return AuditTrail.Refused(result.Answer) ?? Results.Json(ApplyView.Of(result, dryRun), AdminJson.Default.ApplyView);
    }

    /// <summary>What If-Match and If-None-Match say (RFC 9110 section 13.1): a revision, 0 for none, or nothing.</summary>
    static bool Condition(HttpRequest request, out long? revision)
    {
        revision = null;
        var (match, none) = (request.Headers.IfMatch, request.Headers.IfNoneMatch);
        if (StringValues.IsNullOrEmpty(match) && StringValues.IsNullOrEmpty(none)) return true;
        if (StringValues.IsNullOrEmpty(match))
        {
            revision = 0;
            return none is ["*"];
        }

        var isTag = match is [{ } text] && StringValues.IsNullOrEmpty(none) && EntityTagHeaderValue.TryParse(text, out var tag) && !tag.IsWeak
            && long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            && (revision = number) is not null;
        return isTag;
    }

    internal static bool? Terminate(HttpRequest request) => request.Query.Count switch
    {
        0 => false,
        1 when request.Query.TryGetValue("terminate", out var text) => text is ["true"] ? true : text is ["false"] ? false : null,
        _ => null,
    };

    static string Tag(long revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    static IResult None() => Problems.Of(StatusCodes.Status404NotFound, "There is no connection of this name; list them with GET /v1/connections.");

    internal static IResult BadQuery() => Problems.Of(StatusCodes.Status400BadRequest, "The query takes terminate, true or false; correct it.");

    static IResult BadCondition() => Problems.Of(
        StatusCodes.Status400BadRequest, "If-Match takes the ETag of the connection, in quotes, and If-None-Match takes *; send one of them, or none.");
}
