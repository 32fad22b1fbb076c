using Gateway.Actors.Hosting;
using Gateway.Node.Saml;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace Gateway.Node.Admin;

/// <summary>
/// The admin API of a node: health and metrics for machines, and sessions, nodes and connections for operators and auditors. It needs
/// these services: <see cref="Actors.Replay.ISessionArchive"/>, <see cref="ISessionCommands"/>, <see cref="IClusterView"/>,
/// <see cref="INodeCommands"/>, <see cref="IConnections"/>, <see cref="Actors.Identify.ITokenVerifier"/>,
/// <see cref="Actors.Certificates.INodeCertificates"/>, <see cref="Actors.Tls.Revocation.CertificateRevocation"/>, <see cref="GatewayMetrics"/>, <see cref="Actors.Record.SealKey"/> and at least one <see cref="IReadiness"/>.
/// </summary>
public static class AdminHosting
{
    public static IServiceCollection AddAdminApi(this IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton(new AdminAccess(options)).AddSingleton<AuditTrail>().AddSingleton<LoginGuard>().AddSingleton<AdminCertificates>();
        services.AddSingleton(options.Admin).AddSingleton<IConfigureOptions<KestrelServerOptions>, AdminListener>();
        // AddAuthentication would bring data protection along, which keeps a key of its own in the user's home directory; nothing here needs one.
        services.AddAuthenticationCore(authentication => authentication.DefaultScheme = AdminLogins.Scheme).AddWebEncoders();
        services.TryAddSingleton(TimeProvider.System);
        new AuthenticationBuilder(services).AddScheme<AuthenticationSchemeOptions, AdminLogins>(AdminLogins.Scheme, null);
        services.AddAuthorizationBuilder()
            .AddPolicy(AdminRoles.Auditor, policy => policy.RequireRole(AdminRoles.Auditor))
            .AddPolicy(AdminRoles.Operator, policy => policy.RequireRole(AdminRoles.Operator))
            .AddPolicy(AdminRoles.AuditingOperator, policy => policy.RequireRole(AdminRoles.Auditor).RequireRole(AdminRoles.Operator))
            .AddPolicy(AdminRoles.Watcher, policy => policy.RequireRole(AdminRoles.Viewer, AdminRoles.Operator))
            .AddPolicy(AdminRoles.Reader, AnyRole)
            .AddPolicy(AdminRoles.Anybody, policy => policy.RequireAuthenticatedUser())
            // Fail closed: what names no role, paths that do not exist included, is not for strangers either.
            .AddFallbackPolicy(AdminRoles.Fallback, AnyRole);
        services.AddOpenApi(OpenApiFacts.Document, OpenApiFacts.Describe);
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(GatewayMetrics.MeterName, "System.Runtime")
            .AddPrometheusExporter());
        return services;
    }

    public static WebApplication MapAdminApi(this WebApplication app)
    {
        app.UseExceptionHandler(failed => failed.Run(Problems.ExplainFailureAsync));
        app.UseStatusCodePages(context => Problems.ExplainStatusAsync(context.HttpContext));
        app.Use(WithoutTraces);
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHealth();
        app.MapPrometheusScrapingEndpoint("/metrics").AllowAnonymous();
        app.MapLogin();
        app.MapSaml();
        app.MapSessions();
        app.MapRecordingLife();
        app.MapLedger();
        app.MapNodes();
        app.MapConnections();
        app.MapSecrets();
        app.MapManagedCertificates();
        app.MapAuthorities();
        app.MapAcmeAccounts();
        app.MapClusterKey();
        app.MapAccess();
        app.MapAudit();
        app.MapOpenApi("/openapi/{documentName}.json").RequireAuthorization(AdminRoles.Anybody);
        return app;
    }

    static void AnyRole(AuthorizationPolicyBuilder policy) => policy.RequireRole(AdminRoles.Auditor, AdminRoles.Operator, AdminRoles.Viewer);

    // Answers hold who did what; no cache on the way keeps them, and no browser guesses their type.
    static Task WithoutTraces(HttpContext http, RequestDelegate next)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return next(http);
    }
}
