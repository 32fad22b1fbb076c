using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Certificates;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Registry;

namespace Gateway.Node.Admin;

/// <summary>The cluster's own authorities: everybody may fetch whom to trust, operators take roll-overs from stage to stage.</summary>
static class AuthorityEndpoints
{
    const int MostBodyBytes = 64 * 1024;

    const string MadeRule = "The body must be JSON with chain (PEM: the intermediate, then its root) and key (PEM) of an ECDSA intermediate; correct it, or send none.";

    public static void MapAuthorities(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/authorities.pem", Bundle).AllowAnonymous()
            .Answers<string>("Whom to trust, PEM, roots and their intermediates: of authorities that sign or are about to, and of those that still have certificates in use.", type: "application/x-pem-file");
        app.MapGet("/v1/authorities", List).For(AdminRoles.Watcher).Answers<IReadOnlyList<AuthorityView>>("Lists the cluster's own authorities.");
        app.MapPost("/v1/authorities", BeginAsync).For(AdminRoles.Operator)
            .Answers<RevisionView>("Begins a roll-over to a new authority: made here, or sent.").Takes<AuthorityRequest>("application/json");
        app.MapPost("/v1/authorities/advance", AdvanceAsync).For(AdminRoles.Operator).Answers<RevisionView>("Takes a roll-over to its next stage.");
        app.MapPost("/v1/authorities/back", BackAsync).For(AdminRoles.Operator).Answers<RevisionView>("Takes a roll-over back by one stage.");
    }

    static IResult Bundle(IRegistry registry) => Results.Text(
        Pems.Write(registry.Current.Certificates.Authorities.Values.Where(a => a.IsTrusted).SelectMany(a => a.Chain)), "application/x-pem-file");

    static IResult List(IRegistry registry)
    {
        var state = registry.Current.Certificates;
        return Results.Json([.. state.Authorities.Values.Select(a => AuthorityView.Of(a, state))], AdminJson.Default.IReadOnlyListAuthorityView);
    }

    static async Task<IResult> BeginAsync(HttpContext http, CertificateOrders orders, AuditTrail audit)
    {
        if (http.Request.ContentLength is null or 0)
            return ManagedCertificateEndpoints.Answer(await orders.BeginAuthorityAsync(null, audit.ActOf(http), http.RequestAborted));
        Bodies.Allow(http, MostBodyBytes);
        using var intermediate = await Bodies.JsonAsync(http, AdminRequestJson.Default.AuthorityRequest) is { } request ? Opened(request, out var chain) : Nothing(out chain);
        if (intermediate is null) return Problems.Of(StatusCodes.Status400BadRequest, MadeRule);
        return ManagedCertificateEndpoints.Answer(await orders.BeginAuthorityAsync((chain, intermediate), audit.ActOf(http), http.RequestAborted));
    }

    static async Task<IResult> AdvanceAsync(HttpContext http, CertificateOrders orders, AuditTrail audit) =>
        ManagedCertificateEndpoints.Answer(await orders.StepAuthorityAsync(back: false, audit.ActOf(http), http.RequestAborted));

    static async Task<IResult> BackAsync(HttpContext http, CertificateOrders orders, AuditTrail audit) =>
        ManagedCertificateEndpoints.Answer(await orders.StepAuthorityAsync(back: true, audit.ActOf(http), http.RequestAborted));

    // The intermediate has to be able to sign, and to be signed by the root it comes with.
    static X509Certificate2? Opened(AuthorityRequest request, out IReadOnlyList<ReadOnlyMemory<byte>> chain)
    {
        chain = [];
        if (request is not { Chain: { } certificates, Key: { } key } || Pems.Certificates(certificates) is not { Count: 2 } ders) return null;
        chain = ders;
        try
        {
            using var intermediate = X509CertificateLoader.LoadCertificate(ders[0].Span);
            using var root = X509CertificateLoader.LoadCertificate(ders[1].Span);
            using var own = ECDsa.Create();
            own.ImportFromPem(key);
            return IsAuthority(intermediate) && IsAuthority(root) && IsSignedBy(intermediate, root) ? intermediate.CopyWithPrivateKey(own) : null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    static X509Certificate2? Nothing(out IReadOnlyList<ReadOnlyMemory<byte>> chain)
    {
        chain = [];
        return null;
    }

    static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority);

    static bool IsSignedBy(X509Certificate2 intermediate, X509Certificate2 root)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(intermediate);
    }
}
