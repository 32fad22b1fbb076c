using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Duende.IdentityModel.Client;

namespace Gateway.Cli.Login;

/// <summary>
/// The command line as an OAuth 2.0 client of one issuer: device code (RFC 8628), authorization code (RFC 6749), refresh tokens and client
/// credentials. What goes wrong is a <see cref="CommandException"/> with the issuer's own word for it; no token is ever in it.
/// </summary>
sealed class IssuerClient : IDisposable
{
    /// <summary>Bytes of one answer. Origin: the largest tokens have 32 KB.</summary>
    const int LargestAnswer = 1024 * 1024;

    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    readonly IssuerSettings _issuer;
    readonly HttpClient _http;
    readonly TimeProvider _time;
    DiscoveryDocumentResponse? _discovered;

    public IssuerClient(IssuerSettings issuer, TimeProvider time)
    {
        (_issuer, _time) = (issuer, time);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxResponseHeadersLength = 32,
            ConnectTimeout = TimeSpan.FromSeconds(10),
        };
        if (issuer.Authorities is { } pem) handler.SslOptions.CertificateChainPolicy = Trusting(pem);
        _http = new HttpClient(handler) { Timeout = s_patience, MaxResponseContentBufferSize = LargestAnswer };
    }

    /// <summary>Where a person logs in with their browser.</summary>
    public async Task<Uri> AuthorizationAsync(Authorization asked, CancellationToken cancel)
    {
        var endpoint = Endpoint((await DiscoverAsync(cancel)).AuthorizeEndpoint, "authorization endpoint");
        var url = new RequestUrl(endpoint.AbsoluteUri).CreateAuthorizeUrl(
            _issuer.ClientId, "code", _issuer.Scope, asked.Redirect, asked.State, codeChallenge: asked.Challenge, codeChallengeMethod: "S256",
            // Without this an issuer may give no refresh token (OpenID Connect Core section 11).
            prompt: _issuer.Scope.Split(' ').Contains("offline_access") ? "consent" : null,
            extra: _issuer.Resource is { } resource ? new Parameters { { "resource", resource } } : null);
        return new Uri(url);
    }

    public async Task<DeviceAuthorizationResponse> BeginDeviceAsync(CancellationToken cancel)
    {
        var endpoint = Endpoint((await DiscoverAsync(cancel)).DeviceAuthorizationEndpoint, "device authorization endpoint; log in without --device");
        using var request = new DeviceAuthorizationRequest
        {
            Address = endpoint.AbsoluteUri,
            ClientId = _issuer.ClientId,
            Scope = _issuer.Scope,
            ClientCredentialStyle = ClientCredentialStyle.PostBody,
        };
        if (_issuer.Resource is { } resource) request.Parameters.Add("resource", resource);
        return Sound(await _http.RequestDeviceAuthorizationAsync(request, cancel), "begin the login");
    }

    /// <summary>Null as long as the person is not done; <paramref name="slower"/> when the issuer wants to be asked less often.</summary>
    public async Task<StoredLogin?> PollDeviceAsync(string deviceCode, Action slower, CancellationToken cancel)
    {
        using var request = await TokenRequestAsync(new DeviceTokenRequest { DeviceCode = deviceCode }, cancel);
        var answer = await _http.RequestDeviceTokenAsync(request, cancel);
        switch (answer)
        {
            case { ErrorType: ResponseErrorType.Protocol, Error: "authorization_pending" }: return null;
            case { ErrorType: ResponseErrorType.Protocol, Error: "slow_down" }: slower(); return null;
            default: return Login(Sound(answer, "finish the login"), LoginKind.Person, answer.RefreshToken);
        }
    }

    public async Task<StoredLogin> RedeemAsync(string code, Authorization asked, CancellationToken cancel)
    {
        var grant = new AuthorizationCodeTokenRequest { Code = code, RedirectUri = asked.Redirect, CodeVerifier = asked.Verifier };
        if (_issuer.Resource is { } resource) grant.Resource.Add(resource);
        using var request = await TokenRequestAsync(grant, cancel);
        var answer = Sound(await _http.RequestAuthorizationCodeTokenAsync(request, cancel), "finish the login");
        return Login(answer, LoginKind.Person, answer.RefreshToken);
    }

    public async Task<StoredLogin> RefreshAsync(string refreshToken, CancellationToken cancel)
    {
        using var request = await TokenRequestAsync(new RefreshTokenRequest { RefreshToken = refreshToken }, cancel);
        var answer = Sound(await _http.RequestRefreshTokenAsync(request, cancel), "renew the login");
        // An issuer that does not rotate refresh tokens gives none back (RFC 6749 section 6).
        return Login(answer, LoginKind.Person, answer.RefreshToken ?? refreshToken);
    }

    public async Task<StoredLogin> ServiceAsync(string secret, string secretFile, CancellationToken cancel)
    {
        var grant = new ClientCredentialsTokenRequest { Scope = _issuer.Scope.Length > 0 ? _issuer.Scope : null };
        if (_issuer.Resource is { } resource) grant.Resource.Add(resource);
        using var request = await TokenRequestAsync(grant, cancel);
        request.ClientSecret = secret;
        // The one way of RFC 6749 section 2.3.1 that every issuer must know.
        request.ClientCredentialStyle = ClientCredentialStyle.AuthorizationHeader;
        var answer = Sound(await _http.RequestClientCredentialsTokenAsync(request, cancel), "log in");
        return Login(answer, LoginKind.Service, refreshToken: null) with { ClientSecretFile = secretFile };
    }

    /// <summary>Tells the issuer that a refresh token is not needed any more (RFC 7009). False when it could not be told.</summary>
    public async Task<bool> RevokeAsync(string refreshToken, CancellationToken cancel)
    {
        if ((await DiscoverAsync(cancel)).RevocationEndpoint is not { } endpoint) return false;
        using var request = new TokenRevocationRequest
        {
            Address = Endpoint(endpoint, "revocation endpoint").AbsoluteUri,
            ClientId = _issuer.ClientId,
            Token = refreshToken,
            TokenTypeHint = "refresh_token",
            ClientCredentialStyle = ClientCredentialStyle.PostBody,
        };
        return !(await _http.RevokeTokenAsync(request, cancel)).IsError;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The issuer's metadata (OpenID Connect Discovery section 4); its own name must be the configured one.</summary>
    public async Task<DiscoveryDocumentResponse> DiscoverAsync(CancellationToken cancel)
    {
        if (_discovered is { } known) return known;
        using var request = new DiscoveryDocumentRequest
        {
            Address = _issuer.Authority,
            // Large issuers have their endpoints on several hosts; they are checked to be https when used.
            Policy = new DiscoveryPolicy { ValidateEndpoints = false, RequireKeySet = false, ValidateIssuerName = true, AllowHttpOnLoopback = false },
        };
        return _discovered = Sound(await _http.GetDiscoveryDocumentAsync(request, cancel), "be asked where to log in");
    }

    async Task<T> TokenRequestAsync<T>(T request, CancellationToken cancel) where T : ProtocolRequest
    {
        request.Address = Endpoint((await DiscoverAsync(cancel)).TokenEndpoint, "token endpoint").AbsoluteUri;
        request.ClientId = _issuer.ClientId;
        request.ClientCredentialStyle = ClientCredentialStyle.PostBody;
        return request;
    }

    StoredLogin Login(TokenResponse answer, LoginKind kind, string? refreshToken)
    {
        if (answer.AccessToken is not { Length: > 0 } token) throw Fault("gave no access token");
        if (answer.ExpiresIn <= 0) throw Fault("did not say how long its token lasts (expires_in)");
        if (!"Bearer".Equals(answer.TokenType, StringComparison.OrdinalIgnoreCase)) throw Fault("gave a token that is no bearer token");
        var now = _time.GetUtcNow();
        return new StoredLogin
        {
            For = _issuer.For,
            Kind = kind,
            Issuer = _issuer.Authority,
            ClientId = _issuer.ClientId,
            Scope = _issuer.Scope,
            Resource = _issuer.Resource,
            Authorities = _issuer.Authorities,
            AccessToken = token,
            RefreshToken = refreshToken,
            Obtained = now,
            Expires = now + TimeSpan.FromSeconds(answer.ExpiresIn),
        };
    }

    T Sound<T>(T answer, string what) where T : ProtocolResponse
    {
        if (!answer.IsError) return answer;
        // An issuer's own word for it (RFC 6749 section 5.2), which comes with status 400 or 401.
        if (ErrorOf(answer) is { } error)
        {
            var said = answer.Json?.TryGetString("error_description") is { Length: > 0 } more ? $"{error}: {more}" : error;
            throw new CommandException(ExitCode.Refused, $"{_issuer.Authority} does not let you {what} ({Short(said)}); run gateway login");
        }

        if (answer.Exception is OperationCanceledException { CancellationToken.IsCancellationRequested: true } stopped) throw stopped;
        throw new CommandException(
            ExitCode.Unreachable, $"{_issuer.Authority} cannot {what} ({Short(answer.Exception?.GetBaseException().Message ?? answer.Error)}); is it up, and trusted here?",
            answer.Exception);
    }

    static string? ErrorOf(ProtocolResponse answer) => answer.Json is { ValueKind: JsonValueKind.Object } json ? json.TryGetString("error") : null;

    Uri Endpoint(string? address, string what) => Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps
        ? url
        : throw Fault($"publishes no {what}");

    CommandException Fault(string what) => new(ExitCode.Failed, $"{_issuer.Authority} {what}");

    static string Short(string? text)
    {
        var shown = Printable.Text(text ?? "no reason given");
        return shown.Length <= 200 ? shown : shown[..200] + "...";
    }

    static X509ChainPolicy Trusting(string pem)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(pem);
        return policy;
    }
}

/// <summary>Which issuer, as which client, for whom.</summary>
sealed record IssuerSettings(string For, string Authority, string ClientId, string Scope, string? Resource, string? Authorities)
{
    public static IssuerSettings Of(StoredLogin login) =>
        new(login.For, login.Issuer, login.ClientId, login.Scope ?? "", login.Resource, login.Authorities);
}
