using System.Security.Cryptography;
using Gateway.Actors.Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Node.Admin;

/// <summary>The certificates the cluster looks after: viewers and operators see them, operators rotate, import and remove them.</summary>
static class ManagedCertificateEndpoints
{
    const string ImportRule = "The body must be JSON with chain and key, both PEM, and maybe use, server or client; correct it.";

    public static void MapManagedCertificates(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/certificates", ListAsync).For(AdminRoles.Watcher)
            .Answers<IReadOnlyList<ManagedCertificateView>>("Lists the certificates the cluster looks after, and how far every node is with them.");
        app.MapGet("/v1/certificates/{name}", ShowAsync).For(AdminRoles.Watcher)
            .Answers<ManagedCertificateDetailView>("Shows a certificate: its declaration, its versions, and how each node holds it.");
        app.MapGet("/v1/certificates/{name}/history", HistoryAsync).For(AdminRoles.Reader)
            .Answers<AuditPage>("Lists the phases of a certificate's rotations and what operators did to it, from the verified record of acts.");
        app.MapPost("/v1/certificates/{name}/rotate", RotateAsync).For(AdminRoles.Operator)
            .Answers<RevisionView>("Has a new version made at once.");
        app.MapPost("/v1/certificates/{name}/revoke", RevokeAsync).For(AdminRoles.Operator)
            .Answers<RevisionView>("Revokes the version in use, or the certificate of that serial number.").Takes<ReasonRequest>("application/json");
        app.MapPost("/v1/certificates/{name}/import", ImportAsync).For(AdminRoles.Operator)
            .Answers<RevisionView>("Makes a certificate that is handed in the next version.").Takes<ImportRequest>("application/json");
        app.MapPost("/v1/certificates/{name}/key", ExportKeyAsync).For(AdminRoles.Operator)
            .Answers<ExportedKeyView>("Gives out the private key of the active version; recorded before it is done.");
        app.MapDelete("/v1/certificates/{name}", RemoveAsync).For(AdminRoles.Operator).Answers<RevisionView>("Removes a certificate that no connection presents.");
    }

    static async Task<IResult> ListAsync(HttpContext http, IRegistry registry, RegisteredCertificates declarations, ICertificateSurvey survey, TimeProvider time)
    {
        var views = registry.Current.Certificates.All.Values.Select(async certificate =>
            ManagedCertificateView.Of(
                certificate, declarations.Read(certificate), await NodesAsync(certificate, declarations, survey, http.RequestAborted), time.GetUtcNow()));
        return Results.Json(await Task.WhenAll(views), AdminJson.Default.IReadOnlyListManagedCertificateView);
    }

    static async Task<IResult> ShowAsync(
        HttpContext http, string name, IRegistry registry, RegisteredCertificates declarations, ICertificateSurvey survey, TimeProvider time)
    {
        if (!registry.Current.Certificates.All.TryGetValue(name, out var certificate)) return None();
        var nodes = await NodesAsync(certificate, declarations, survey, http.RequestAborted);
        var view = ManagedCertificateView.Of(certificate, declarations.Read(certificate), nodes, time.GetUtcNow());
        return Results.Json(ManagedCertificateDetailView.Of(view, certificate, nodes), AdminJson.Default.ManagedCertificateDetailView);
    }

    static Task<IReadOnlyList<NodeCertificateView>> NodesAsync(
        ManagedCertificate certificate, RegisteredCertificates declarations, ICertificateSurvey survey, CancellationToken cancel)
    {
        // Of files every node has its own versions, and tells of those.
        var isOfFiles = declarations.Read(certificate) is { Source: CertificateOrigin.Files };
        return isOfFiles || certificate.Newest is not null
            ? survey.AskAsync(certificate.Name, isOfFiles ? 0 : certificate.Newest!.Number, cancel)
            : Task.FromResult<IReadOnlyList<NodeCertificateView>>([]);
    }

    static Task<IResult> HistoryAsync(HttpContext http, string name, IAuditRecord record) => Problems.OfRecordAsync("The record of acts", async () =>
    {
        var filter = new AuditFilter(Most: AuditQuery.Most) { Only = act => CertificateActs.NameOf(act) == name };
        var read = await record.ReadAsync(filter, http.RequestAborted);
        var page = new AuditPage([.. read.Acts.Select(a => AuditView.Of(a.Number, a.Event))], read.Newest, Convert.ToHexStringLower(read.Head.Span));
        return Results.Json(page, AdminJson.Default.AuditPage);
    });

    static async Task<IResult> RotateAsync(HttpContext http, string name, CertificateOrders orders, AuditTrail audit) =>
        Answer(await orders.RotateAsync(name, audit.ActOf(http), http.RequestAborted));

    static async Task<IResult> RevokeAsync(HttpContext http, string name, CertificateRevoking revoking, AuditTrail audit) =>
        AccessReasons.Checked((await Bodies.JsonAsync(http, AccessRequestJson.Default.ReasonRequest))?.Reason) is { } reason
            ? Answer(await revoking.RevokeAsync(name, reason, audit.ActOf(http), http.RequestAborted))
            : Problems.Of(StatusCodes.Status400BadRequest, $"The body must be JSON with a reason: {AccessReasons.Rule}");

    static async Task<IResult> RemoveAsync(HttpContext http, string name, CertificateOrders orders, IConnections connections, AuditTrail audit) =>
        Answer(await orders.RemoveAsync(
            name, [.. connections.Served.Select(c => c.Profile).OfType<ConnectionProfile>()], audit.ActOf(http), http.RequestAborted));

    static async Task<IResult> ImportAsync(HttpContext http, string name, CertificateOrders orders, AuditTrail audit)
    {
        Bodies.Allow(http, ImportRequest.MostBytes);
        if (await Bodies.JsonAsync(http, AdminRequestJson.Default.ImportRequest) is not { Chain: { } chain, Key: { } key } request || Use(request.Use) is not { } use)
            return Problems.Of(StatusCodes.Status400BadRequest, ImportRule);
        if (Pems.Certificates(chain) is not { Count: <= EventLimits.Chain } certificates || certificates.Any(c => c.Length > EventLimits.Certificate))
            return Problems.Of(StatusCodes.Status400BadRequest, $"The member chain must hold 1 to {EventLimits.Chain} certificates in PEM; correct it.");
        if (Pems.Key(key) is not { } pkcs8) return Problems.Of(StatusCodes.Status400BadRequest, "The member key must hold an unencrypted private key in PEM; correct it.");
        try
        {
            return Answer(await orders.ImportAsync(name, certificates, pkcs8, use, audit.ActOf(http), http.RequestAborted));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    static async Task<IResult> ExportKeyAsync(HttpContext http, string name, CertificateOrders orders, AuditTrail audit)
    {
        var (key, version, answer) = await orders.ExportKeyAsync(name, audit.ActOf(http), http.RequestAborted);
        if (key is null) return AuditTrail.Refused(answer) ?? None();
        try
        {
            return Results.Json(new ExportedKeyView(name, version, Pems.WriteKey(key)), AdminJson.Default.ExportedKeyView);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    static CertificateUse? Use(string? word) => word switch { null or "server" => CertificateUse.Server, "client" => CertificateUse.Client, _ => null };

    internal static IResult Answer(RegistryAnswer answer) => AuditTrail.Refused(answer)
        ?? Results.Json(new RevisionView(answer.Revision, answer.Outcome == RegistryOutcome.Done), AdminJson.Default.RevisionView);

    static IResult None() => Problems.Of(StatusCodes.Status404NotFound, "There is no certificate of this name; list them with GET /v1/certificates.");
}
