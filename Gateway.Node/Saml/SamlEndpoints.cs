using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Identify.Saml;
using Gateway.Node.Admin;
using Gateway.Protocols;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Node.Saml;

/// <summary>
/// Logins by SAML 2.0 (web browser SSO profile), begun by a command that waits on loopback. For strangers all of it: who they are is what
/// they are about to prove. There only where providers are configured.
/// </summary>
static class SamlEndpoints
{
    // Bound to this host, for https alone and no script; sent along when the provider's page posts the answer here.
    static readonly CookieOptions s_cookie = new()
    {
        Secure = true,
        HttpOnly = true,
        SameSite = SameSiteMode.None,
        Path = "/",
        MaxAge = SamlLimits.Login,
        IsEssential = true,
    };

    static readonly FormOptions s_form = new()
    {
        ValueCountLimit = 8,
        KeyLengthLimit = 64,
        ValueLengthLimit = SamlLimits.Field,
        BufferBodyLengthLimit = 2 * SamlLimits.Field,
        MemoryBufferThreshold = 2 * SamlLimits.Field,
    };

    const string Cookie = "__Host-gateway-login";

    public static void MapSaml(this WebApplication app)
    {
        if (app.Services.GetService<SamlLogins>() is not { Providers.Count: > 0 }) return;
        var one = app.MapGroup("/saml/{provider}");
        one.MapGet("/login", Login).AllowAnonymous();
        one.MapPost("/acs", ConsumeAsync).AllowAnonymous();
        one.MapGet("/metadata", Metadata).AllowAnonymous();
        one.MapPost("/token", RedeemAsync).AllowAnonymous();
        one.MapGet("/.well-known/openid-configuration", Discovery).AllowAnonymous();
        one.MapGet("/keys", Keys).AllowAnonymous();
    }

    static IResult Login(HttpContext http, string provider, SamlLogins logins)
    {
        if (logins.Find(provider) is not { } found) return NoProvider();
        var query = http.Request.Query;
        if (LoopbackLogin.Read(query["port"], query["challenge"], query["state"]) is not { } asked)
            return SamlPages.Told(StatusCodes.Status400BadRequest, "A login begins with the command: gateway login --saml NAME.");
        var (address, cookie) = logins.Begin(found, asked);
        http.Response.Cookies.Append(Cookie, cookie, s_cookie);
        return Results.Redirect(address);
    }

    static async Task<IResult> ConsumeAsync(HttpContext http, string provider, SamlLogins logins, GatewayMetrics metrics, ILogger<SamlLogins> log)
    {
        if (logins.Find(provider) is not { } found) return NoProvider();
        // A response does not fit into what everything else here may send; url-encoding adds to it.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = 2 * SamlLimits.Field;
        var outcome = await logins.FinishAsync(found, await FieldAsync(http), http.Request.Cookies[Cookie], http.RequestAborted);
        http.Response.Cookies.Delete(Cookie, s_cookie);
        if (outcome.Code.IsGranted && outcome.Asked is { } asked) return SamlPages.BackTo(asked.With(outcome.Code.Value));
        metrics.LoginRefused(LoginWay.Saml, outcome.Code.Refusal);
        SamlLog.Refused(log, outcome.Code.Refusal.Word(), found.Name, outcome.Code.Detail, http.Connection.RemoteIpAddress);
        return outcome.Asked is { } waiting
            ? SamlPages.BackTo(waiting.Without(outcome.Code.Refusal.Word()))
            : SamlPages.Told(StatusCodes.Status403Forbidden, $"You are not logged in: {outcome.Code.Refusal.Word()} ({outcome.Code.Detail}).");
    }

    static IResult Metadata(string provider, SamlLogins logins) => logins.Find(provider) is { } found
        ? Results.Bytes(logins.Metadata(found), "application/samlmetadata+xml")
        : NoProvider();

    static async Task<IResult> RedeemAsync(HttpContext http, string provider, SamlLogins logins, GatewayMetrics metrics, ILogger<SamlLogins> log)
    {
        if (logins.Find(provider) is not { } found) return NoProvider();
        if ((await Bodies.JsonAsync(http, AdminRequestJson.Default.SamlRedemption))?.Checked() is not { } asked)
            return Problems.Of(StatusCodes.Status400BadRequest, "The body must be JSON with the members code and verifier; gateway login --saml sends it.");
        if (await logins.RedeemAsync(found, asked.Code!, asked.Verifier!, http.RequestAborted) is { } issued)
        {
            SamlLog.Issued(log, found.Name, issued.Until);
            return Results.Json(new OwnTokenView(issued.Token, issued.Until), AdminJson.Default.OwnTokenView);
        }

        metrics.LoginRefused(LoginWay.Saml, Refusal.LoginCodeInvalid);
        SamlLog.CodeRefused(log, Refusal.LoginCodeInvalid.Word(), found.Name, http.Connection.RemoteIpAddress);
        return Problems.Of(StatusCodes.Status403Forbidden, "The code is not good, or not any more; log in again.", Refusal.LoginCodeInvalid.Word());
    }

    static IResult Discovery(string provider, SamlLogins logins)
    {
        if (logins.Find(provider) is not { } found) return NoProvider();
        var service = logins.ServiceOf(found);
        return Results.Json(new OwnIssuerView(service.Issuer, $"{service.Issuer}/keys", [logins.Published.Alg]), AdminJson.Default.OwnIssuerView);
    }

    static IResult Keys(string provider, SamlLogins logins) =>
        logins.Find(provider) is null ? NoProvider() : Results.Json(new OwnKeysView([logins.Published]), AdminJson.Default.OwnKeysView);

    static IResult NoProvider() => Problems.Of(StatusCodes.Status404NotFound, "There is no SAML provider of this name; GET /v1/login lists them.");

    // What is no form, or too large a one, is no response either: judged as an empty field.
    static async Task<string> FieldAsync(HttpContext http)
    {
        if (!http.Request.HasFormContentType) return "";
        try
        {
            var form = await new FormFeature(http.Request, s_form).ReadFormAsync(http.RequestAborted);
            return form["SAMLResponse"] is [{ } field] ? field : "";
        }
        catch (InvalidDataException)
        {
            return "";
        }
    }
}
