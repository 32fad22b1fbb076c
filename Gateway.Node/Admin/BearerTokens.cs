using System.Security.Claims;
using System.Text.Encodings.Web;
using Gateway.Actors;
using Gateway.Actors.Authorize;
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
    ITokenVerifier verifier, AdminAccess access, LoginGuard guard, IAccessFacts facts, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public new const string Scheme = "Bearer";

    Refusal _refusal = Refusal.TokenMissing;
    bool _shutOut;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (TokenOf(Request) is not { } token) return AuthenticateResult.NoResult();
        var address = Context.Connection.RemoteIpAddress;
        _shutOut = !guard.IsOpen(address);
        if (_shutOut) return AuthenticateResult.Fail("shut out");
        var verdict = NotRevoked(await verifier.VerifyAsync(token, access.Issuers, Context.RequestAborted));
        if (verdict.IsGranted)
        {
            Context.Features.Set(verdict.Value);
            return AuthenticateResult.Success(new AuthenticationTicket(Principal(verdict.Value), Scheme));
        }

        _refusal = verdict.Refusal;
        if (_refusal.GuiltySide() == Side.Client) guard.Failed(address);
        AdminLog.TokenRefused(Logger, _refusal.Word(), verdict.Detail, address);
        return AuthenticateResult.Fail(_refusal.Word());
    }

    // Who is shut out of the connections does not steer them either.
    Verdict<TokenIdentity> NotRevoked(Verdict<TokenIdentity> verified)
    {
        if (!verified.IsGranted) return verified;
        var who = new Identity { Name = verified.Value.Name, Issuer = verified.Value.Issuer, TokenId = verified.Value.Id };
        return facts.Current.RevocationOf(who, time.GetUtcNow()) is { } revocation
            ? new Refused(Refusal.IdentityRevoked, $"{who.Name} or its token was revoked by {revocation.RevokedBy}: {revocation.Reason}")
            : verified;
    }

    // RFC 6750 section 3.1: a request without a token is told the scheme alone; an issuer that cannot be asked is no fault of the token. What was
    // wrong with a token is in the log: whoever tries tokens gets the same answer for all of them.
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_shutOut)
        {
            Response.Headers.RetryAfter = "60";
            return Problems.WriteAsync(Context, StatusCodes.Status429TooManyRequests, "Too many tokens from this address were refused; wait a minute.");
        }

        if (_refusal.GuiltySide() != Side.Client)
        {
            return Problems.WriteAsync(
                Context, StatusCodes.Status503ServiceUnavailable, "The token cannot be verified now, because its issuer cannot be asked; try again.",
                _refusal.Word());
        }

        var isMissing = _refusal == Refusal.TokenMissing;
        Response.Headers.WWWAuthenticate = isMissing ? Scheme : $"{Scheme} error=\"invalid_token\"";
        return isMissing
            ? Problems.WriteAsync(Context, StatusCodes.Status401Unauthorized, "No token came with the request; send Authorization: Bearer.", _refusal.Word())
            : Problems.WriteAsync(Context, StatusCodes.Status401Unauthorized, "The token is not accepted; log in again. The node's log says why.");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var roles = Context.GetEndpoint()?.Metadata.GetMetadata<RequiredRole>()?.Name ?? AdminRoles.Reader;
        AdminLog.Forbidden(Logger, Caller.NameOf(Context), Request.Path, roles);
        return Problems.WriteAsync(Context, StatusCodes.Status403Forbidden, $"This takes the role {roles}; ask for a group that gives it.");
    }

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

/// <summary>Who sent the request, as logs and recordings name them: <c>alice (main)</c>.</summary>
static class Caller
{
    public static string NameOf(HttpContext http) => http.User.Identity?.Name ?? "nobody";

    /// <summary>Everything the token said of them. Only behind a policy that asks for a token.</summary>
    public static TokenIdentity IdentityOf(HttpContext http) => http.Features.Get<TokenIdentity>()
        ?? throw new InvalidOperationException("The endpoint asks for no token.");
}
