using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Node.Admin;

/// <summary>Registered secrets: operators set, list and remove them; nobody reads them.</summary>
static class SecretEndpoints
{
    public static void MapSecrets(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/secrets", List).For(AdminRoles.Operator).Answers<IReadOnlyList<SecretView>>("Lists the names of registered secrets.");
        app.MapPut("/v1/secrets/{name}", PutAsync).For(AdminRoles.Operator)
            .Answers<RevisionView>("Sets a secret: the body is the secret itself.").Takes<string>("text/plain");
        app.MapDelete("/v1/secrets/{name}", RemoveAsync).For(AdminRoles.Operator).Answers<RevisionView>("Removes a secret.");
    }

    static IResult List(IRegistry registry) =>
        Results.Json([.. registry.Current.Secrets.Values.Select(SecretView.Of)], AdminJson.Default.IReadOnlyListSecretView);

    static async Task<IResult> PutAsync(HttpContext http, string name, IRegistryCommands registry, ClusterKey key, AuditTrail audit)
    {
        if (!RegistryDecisions.IsName(name))
            return Problems.Of(StatusCodes.Status422UnprocessableEntity, "The secret's name must be 1 to 63 lower-case letters, digits and dashes; correct it.");
        if (await Bodies.TextAsync(http, ClusterKey.MostSecretBytes) is not { Length: > 0 } secret)
            return Problems.Of(StatusCodes.Status400BadRequest, "The body must be the secret, as UTF-8 text; send it.");
        var put = new SecretPut { Act = audit.ActOf(http), Name = name, Sealed = key.Seal(name, secret) };
        return Answer(await registry.ChangeAsync([put], null, http.RequestAborted));
    }

    static async Task<IResult> RemoveAsync(HttpContext http, string name, IRegistryCommands registry, AuditTrail audit) =>
        Answer(await registry.ChangeAsync([new SecretRemoved { Act = audit.ActOf(http), Name = name }], null, http.RequestAborted));

    static IResult Answer(RegistryAnswer answer) => AuditTrail.Refused(answer)
        ?? Results.Json(new RevisionView(answer.Revision, answer.Outcome == RegistryOutcome.Done), AdminJson.Default.RevisionView);
}
