using System.Security.Claims;
using System.Text.Encodings.Web;
using Gateway.Actors;
using Gateway.Actors.Authorize;
using Gateway.Actors.Hosting;
using Gateway.Actors.Identify;
using Gateway.Protocols;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Gateway.Node.Admin;

/// <summary>
/// Who asks: by <c>Authorization: Bearer</c> (RFC 6750 section 2.1) whom the token of a configured issuer names, and without a token whom the client
/// certificate of the handshake names. Their groups say in which roles. A token elsewhere (in a form, in the query) is none.
/// </summary>
sealed class AdminLogins(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder,
    ITokenVerifier verifier, AdminCertificates certificates, AdminAccess access, LoginGuard guard, IAccessFacts facts, GatewayMetrics metrics, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public new const string Scheme = "Bearer";

    /// <summary>How OpenAPI calls the other way.</summary>
    public const string Certificate = "ClientCertificate";

    Refusal _refusal = Refusal.TokenMissing;
    bool _isByToken = true;
    bool _shutOut;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var token = TokenOf(Request);
        if (token is null && !IsByCertificate()) return AuthenticateResult.NoResult();
        _isByToken = token is not null;
        var address = Context.Connection.RemoteIpAddress;
        _shutOut = !guard.IsOpen(address);
        if (_shutOut) return AuthenticateResult.Fail("shut out");
        var verdict = NotRevoked(token is not null ? await ByTokenAsync(token) : await certificates.IdentifyAsync(Context));
        if (verdict.IsGranted)
        {
            Context.Features.Set(verdict.Value);
            return AuthenticateResult.Success(new AuthenticationTicket(Principal(verdict.Value), Scheme));
        }

        _refusal = verdict.Refusal;
        metrics.LoginRefused(_isByToken ? LoginWay.Token : LoginWay.Certificate, _refusal);
        if (_refusal.GuiltySide() == Side.Client) guard.Failed(address);
        AdminLog.LoginRefused(Logger, _isByToken ? "token" : "client certificate", _refusal.Word(), verdict.Detail, address);
        return AuthenticateResult.Fail(_refusal.Word());
    }

    // What is open to everybody asks nobody who they are: who scrapes metrics may well hold a certificate that is for something else.
    bool IsByCertificate() => AdminCertificates.IsShown(Context) && Context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is null;

    async Task<Verdict<Identity>> ByTokenAsync(string token)
    {
        var verified = await verifier.VerifyAsync(token, access.Issuers, Context.RequestAborted);
        return verified.IsGranted ? Identification.Of(verified.Value, AdminCertificates.Shown(Context)) : new Refused(verified.Refusal, verified.Detail);
    }

    // Who is shut out of the connections does not steer them either.
    Verdict<Identity> NotRevoked(Verdict<Identity> verified) =>
        verified.IsGranted && facts.Current.RevocationOf(verified.Value, time.GetUtcNow()) is { } revocation
            ? new Refused(
                Refusal.IdentityRevoked, $"{verified.Value.Name}, or what proves it, was revoked by {revocation.RevokedBy}: {revocation.Reason}")
            : verified;

    // RFC 6750 section 3.1: a request without a token is told the scheme alone; an issuer that cannot be asked is no fault of the token. What was
    // wrong with it is in the log: whoever tries tokens, or certificates, gets the same answer for all of them.
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_shutOut)
        {
            Response.Headers.RetryAfter = "60";
            return Problems.WriteAsync(Context, StatusCodes.Status429TooManyRequests, "Too many logins from this address were refused; wait a minute.");
        }

        if (_refusal.GuiltySide() != Side.Client)
        {
            return Problems.WriteAsync(
                Context, StatusCodes.Status503ServiceUnavailable, "The token cannot be verified now, because its issuer cannot be asked; try again.",
                _refusal.Word());
        }

        var isMissing = _refusal == Refusal.TokenMissing;
        Response.Headers.WWWAuthenticate = isMissing || !_isByToken ? Scheme : $"{Scheme} error=\"invalid_token\"";
        return isMissing
            ? Problems.WriteAsync(Context, StatusCodes.Status401Unauthorized, Missing, _refusal.Word())
            : Problems.WriteAsync(Context, StatusCodes.Status401Unauthorized, _isByToken ? BadToken : BadCertificate);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var roles = Context.GetEndpoint()?.Metadata.GetMetadata<RequiredRole>()?.Name ?? AdminRoles.Reader;
        AdminLog.Forbidden(Logger, Caller.NameOf(Context), Request.Path, roles);
        return Problems.WriteAsync(Context, StatusCodes.Status403Forbidden, $"This takes the role {roles}; ask for a group that gives it.");
    }

    const string BadToken = "The token is not accepted; log in again. The node's log says why.";

    const string BadCertificate = "The client certificate is not accepted; have another one issued, or send a token. The node's log says why.";

    string Missing => certificates.AreTaken
        ? "No token came with the request, and no client certificate; send Authorization: Bearer, or show a certificate."
        : "No token came with the request; send Authorization: Bearer.";

    static string? TokenOf(HttpRequest request)
    {
        const string prefix = Scheme + " ";
        return request.Headers.Authorization is [{ } header] && header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            && header.AsSpan(prefix.Length).Trim() is { Length: > 0 } token ? token.ToString() : null;
    }

    ClaimsPrincipal Principal(Identity identity) => new(new ClaimsIdentity(
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

    /// <summary>Everything the token or certificate said of them. Only behind a policy that asks who they are.</summary>
    public static Identity IdentityOf(HttpContext http) => http.Features.Get<Identity>()
        ?? throw new InvalidOperationException("The endpoint asks for nobody's name.");
}
