using System.Security.Claims;
using System.Text.Encodings.Web;
using Gateway.Actors;
using Gateway.Actors.Identify;
using Gateway.Protocols;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Gateway.Node.Admin;

/// <summary>
/// <c>Authorization: Bearer</c> (RFC 6750 section 2.1): the token of a configured issuer says who asks, its groups say in which roles. A
/// token elsewhere (in a form, in the query) is none.
/// </summary>
sealed class BearerTokens(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder,
    ITokenVerifier verifier, AdminAccess access)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public new const string Scheme = "Bearer";

    Refused _refused = new(Refusal.TokenMissing, "there is no Authorization: Bearer header");

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (TokenOf(Request) is not { } token) return AuthenticateResult.NoResult();
        var verdict = await verifier.VerifyAsync(token, access.Issuers, Context.RequestAborted);
        if (verdict.IsGranted)
        {
            Context.Features.Set(verdict.Value);
            return AuthenticateResult.Success(new AuthenticationTicket(Principal(verdict.Value), Scheme));
        }

        _refused = new(verdict.Refusal, verdict.Detail);
        AdminLog.TokenRefused(Logger, verdict.Refusal.Word(), Context.Connection.RemoteIpAddress);
        return AuthenticateResult.Fail(verdict.Refusal.Word());
    }

    // RFC 6750 section 3.1: a request without a token is told the scheme alone; an issuer that cannot be asked is no fault of the token.
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_refused.Refusal.GuiltySide() != Side.Client)
            return AnswerAsync(StatusCodes.Status503ServiceUnavailable, "The token cannot be verified now");
        Response.Headers.WWWAuthenticate = _refused.Refusal == Refusal.TokenMissing ? Scheme : $"{Scheme} error=\"invalid_token\"";
        return AnswerAsync(StatusCodes.Status401Unauthorized, "No valid token came with the request");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var roles = Context.GetEndpoint()?.Metadata.GetMetadata<RequiredRole>()?.Name ?? AdminRoles.Either;
        AdminLog.Forbidden(Logger, Caller.NameOf(Context), Request.Path, roles);
        return Problems.WriteAsync(Context, StatusCodes.Status403Forbidden, $"This takes the role {roles}; ask for a group that gives it.");
    }

    Task AnswerAsync(int status, string what) =>
        Problems.WriteAsync(Context, status, $"{what}: {_refused.Refusal.Word()} ({_refused.Detail}).", _refused.Refusal.Word());

    static string? TokenOf(HttpRequest request)
    {
        const string prefix = Scheme + " ";
        return request.Headers.Authorization is [{ } header] && header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            && header.AsSpan(prefix.Length).Trim() is { Length: > 0 } token ? token.ToString() : null;
    }

    ClaimsPrincipal Principal(TokenIdentity identity) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.Name, $"{identity.Name} ({identity.Issuer})"),
            .. access.RolesOf(identity.Groups).Select(role => new Claim(ClaimTypes.Role, role)),
        ],
        Scheme));
}

/// <summary>The role an endpoint takes, for the answer to somebody who does not have it.</summary>
sealed record RequiredRole(string Name);

/// <summary>Who sent the request, as logs and recordings name them: <c>alice (main)</c>.</summary>
static class Caller
{
    public static string NameOf(HttpContext http) => http.User.Identity?.Name ?? "nobody";

    /// <summary>Everything the token said of them. Only behind a policy that asks for a token.</summary>
    public static TokenIdentity IdentityOf(HttpContext http) => http.Features.Get<TokenIdentity>()
        ?? throw new InvalidOperationException("The endpoint asks for no token.");
}
