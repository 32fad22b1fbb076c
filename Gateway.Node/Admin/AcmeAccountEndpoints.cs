using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Registry;

namespace Gateway.Node.Admin;

/// <summary>The cluster's accounts at ACME servers.</summary>
static class AcmeAccountEndpoints
{
    public static void MapAcmeAccounts(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/acme-accounts", List).For(AdminRoles.Watcher)
            .Answers<IReadOnlyList<AcmeAccountView>>("Lists the cluster's accounts at ACME servers.");
        app.MapPost("/v1/acme-accounts/{issuer}/key", ChangeKeyAsync).For(AdminRoles.Operator)
            .Answers<RevisionView>("Gives an account another key; the old one signs nothing more.");
    }

    static IResult List(IRegistry registry) =>
        Results.Json(
            [.. registry.Current.Certificates.Accounts.Values.Select(AcmeAccountView.Of)], AdminJson.Default.IReadOnlyListAcmeAccountView);

    static async Task<IResult> ChangeKeyAsync(HttpContext http, string issuer, AcmeAccountOrders orders, AuditTrail audit) =>
        ManagedCertificateEndpoints.Answer(await orders.ChangeKeyAsync(issuer, audit.ActOf(http), http.RequestAborted));
}
