using System.Text.Json.Serialization.Metadata;
using Gateway.Actors.Authorize;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Node.Admin;

/// <summary>Who may stream what: everybody with a role asks why, operators let in for a while and shut out.</summary>
static class AccessEndpoints
{
    public static void MapAccess(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/access", List).For(AdminRoles.Reader).Answers<AccessListView>("Lists temporary grants and revocations that count now.");
        app.MapGet("/v1/access/explain", Explain).For(AdminRoles.Reader)
            .Answers<ExplanationView>("Tells whether a subject would be let in, and which rule decides.");
        app.MapGet("/v1/access/policies", Policies).For(AdminRoles.Reader).Answers<IReadOnlyList<PolicyView>>("Lists the access policies of the cluster.");
        app.MapDelete("/v1/access/policies/{name}", RemovePolicyAsync).For(AdminRoles.Operator)
            .Answers<ApplyView>("Removes an access policy; ?terminate=true ends the sessions of the connections it selects.");
        app.MapPost("/v1/access/grants", GrantAsync).For(AdminRoles.Operator)
            .Answers<GrantView>("Lets a subject use connections for a while.").Takes<GrantRequest>("application/json");
        app.MapPost("/v1/access/grants/{id}/withdraw", WithdrawAsync).For(AdminRoles.Operator)
            .Answers<GrantView>("Takes a temporary grant back; sessions that stand on it end.").Takes<ReasonRequest>("application/json");
        app.MapPost("/v1/access/revocations", RevokeAsync).For(AdminRoles.Operator)
            .Answers<RevocationView>("Revokes a subject, a token or a certificate; their sessions end.").Takes<RevokeRequest>("application/json");
        app.MapPost("/v1/access/revocations/lift", LiftAsync).For(AdminRoles.Operator)
            .Answers<RevocationView>("Takes a revocation back.").Takes<RevokeRequest>("application/json");
    }

    static IResult List(IRegistry registry, TimeProvider time) =>
        Results.Json(AccessListView.Of(registry.Current, UnixMicros.Of(time.GetUtcNow())), AccessJson.Default.AccessListView);

    static IResult Explain(HttpContext http, IConnections connections, IAccessFacts facts, TimeProvider time)
    {
        var (question, fault) = AccessQuestion.Read(http.Request.Query);
        if (question is null) return Problems.Of(StatusCodes.Status400BadRequest, fault);
        if (connections.All.All(profile => profile.Name != question.Connection))
            return Problems.Of(StatusCodes.Status404NotFound, "There is no connection of this name; list them with GET /v1/connections.");
        var (view, unanswered) = question.Answer(connections.All, facts.Current, time.GetUtcNow());
        return view is null ? Problems.Of(StatusCodes.Status400BadRequest, unanswered) : Results.Json(view, AccessJson.Default.ExplanationView);
    }

    static IResult Policies(IRegistry registry) =>
        Results.Json([.. registry.Current.Policies.Values.Select(PolicyView.Of)], AccessJson.Default.IReadOnlyListPolicyView);

    static async Task<IResult> RemovePolicyAsync(HttpContext http, string name, IConnectionChanges changes, AuditTrail audit) =>
        ConnectionEndpoints.Terminate(http.Request) is { } terminate
            ? ConnectionEndpoints.Answer(await changes.RemovePolicyAsync(name, terminate, audit.ActOf(http), http.RequestAborted), dryRun: false)
            : ConnectionEndpoints.BadQuery();

    static async Task<IResult> GrantAsync(HttpContext http, IRegistryCommands registry, AuditTrail audit)
    {
        var act = audit.ActOf(http);
        var (request, fault) = await BodyAsync(http, AccessRequestJson.Default.GrantRequest, "subject, connection or labels, for and reason");
        if (request is null) return Bad(fault);
        var (grant, problem) = request.Read(act, act.Id);
        if (grant is null) return Bad(problem);
        return AuditTrail.Refused(await registry.ChangeAsync([grant], null, http.RequestAborted))
            ?? Results.Json(GrantView.Of(grant), AccessJson.Default.GrantView);
    }

    static async Task<IResult> WithdrawAsync(HttpContext http, string id, IRegistry registry, IRegistryCommands commands, AuditTrail audit)
    {
        var (request, fault) = await BodyAsync(http, AccessRequestJson.Default.ReasonRequest, "reason");
        if (request is null) return Bad(fault);
        if (AccessReasons.Checked(request.Reason) is not { } reason) return Bad(AccessReasons.Rule);
        if (registry.Current.Grants.GetValueOrDefault(id) is not { } grant)
            return Problems.Of(StatusCodes.Status404NotFound, "There is no grant of this id; list them with GET /v1/access.");
        var withdrawn = new AccessWithdrawn { Act = audit.ActOf(http), GrantId = id, Reason = reason };
        return AuditTrail.Refused(await commands.ChangeAsync([withdrawn], null, http.RequestAborted))
            ?? Results.Json(GrantView.Of(grant), AccessJson.Default.GrantView);
    }

    static async Task<IResult> RevokeAsync(HttpContext http, IRegistryCommands registry, AuditTrail audit)
    {
        var (request, fault) = await BodyAsync(http, AccessRequestJson.Default.RevokeRequest, "kind, value, reason, and issuer and until where they matter");
        if (request is null) return Bad(fault);
        var (revoked, problem) = request.Read(audit.ActOf(http));
        if (revoked is null) return Bad(problem);
        return AuditTrail.Refused(await registry.ChangeAsync([revoked], null, http.RequestAborted))
            ?? Results.Json(RevocationView.Of(revoked), AccessJson.Default.RevocationView);
    }

    static async Task<IResult> LiftAsync(HttpContext http, IRegistry registry, IRegistryCommands commands, AuditTrail audit)
    {
        var (request, fault) = await BodyAsync(http, AccessRequestJson.Default.RevokeRequest, "kind, value, reason, and issuer where it matters");
        if (request is null) return Bad(fault);
        var (lifted, problem) = request.ReadLifted(audit.ActOf(http));
        if (lifted is null) return Bad(problem);
        var key = RevocationKey.Of(lifted.Kind, lifted.Value, lifted.ValueIssuer);
        if (!registry.Current.Revocations.TryGetValue(key, out var revoked))
            return Problems.Of(StatusCodes.Status404NotFound, "This is not revoked; list what is with GET /v1/access.");
        return AuditTrail.Refused(await commands.ChangeAsync([lifted], null, http.RequestAborted))
            ?? Results.Json(RevocationView.Of(revoked), AccessJson.Default.RevocationView);
    }

    static async Task<(T? Body, string Fault)> BodyAsync<T>(HttpContext http, JsonTypeInfo<T> type, string members) where T : class =>
        (await Bodies.JsonAsync(http, type), $"the body must be JSON with {members}; correct it.");

    static IResult Bad(string fault) => Problems.Of(StatusCodes.Status400BadRequest, $"{char.ToUpperInvariant(fault[0])}{fault[1..]}");
}
