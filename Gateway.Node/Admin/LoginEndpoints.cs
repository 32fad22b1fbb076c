using System.Net;
using Gateway.Actors.Authorize;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Node.Admin;

/// <summary>Where to log in, for strangers; who they are and what they reach, for everybody who proves who they are.</summary>
static class LoginEndpoints
{
    public static void MapLogin(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/login", Login).Answers<LoginView>("Where to log in.").AllowAnonymous();
        app.MapGet("/v1/me", Me).For(AdminRoles.Anybody).Answers<CallerView>("Who you are.");
        app.MapGet("/v1/me/connections/{name}", Reach).For(AdminRoles.Anybody)
            .Answers<ReachableConnectionView>("How to reach a connection that admits you.");
        app.MapPost("/v1/me/certificate", CertificateEndpoint.IssueAsync).For(AdminRoles.Anybody)
            .Answers<IssuedCertificateView>("A short-lived client certificate for your key.");
    }

    static IResult Login(AdminAccess access) => Results.Json(access.Login, AdminJson.Default.LoginView);

    static IResult Me(HttpContext http, AdminAccess access)
    {
        var who = Caller.IdentityOf(http);
        var view = new CallerView(who.Name, who.Issuer, who.Groups, [.. access.RolesOf(who.Groups)], who.Expires);
        return Results.Json(view, AdminJson.Default.CallerView);
    }

    // Which connections there are is nobody's business whom they do not admit: one answer for both. It is a hint and no more: a session is
    // judged when it begins.
    static IResult Reach(HttpContext http, string name, IConnections connections, IAccessFacts facts, TimeProvider time)
    {
        var profile = connections.All.FirstOrDefault(c => c.Name == name && Admits(c, http, facts.Current, time.GetUtcNow()));
        return profile is null
            ? NoConnection()
            : Results.Json(ReachableConnectionView.Of(profile), AdminJson.Default.ReachableConnectionView);
    }

    internal static IResult NoConnection() =>
        Problems.Of(StatusCodes.Status404NotFound, "No connection of this name admits you; ask its operators for access.");

    internal static bool Admits(ConnectionProfile connection, HttpContext http, AccessFacts facts, DateTimeOffset now)
    {
        return AccessPolicy.Decide(new AccessRequest(Caller.IdentityOf(http), connection, http.Connection.RemoteIpAddress ?? IPAddress.None), facts, now).IsAllowed;
    }
}
