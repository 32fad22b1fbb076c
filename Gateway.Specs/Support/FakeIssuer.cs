using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Gateway.Actors.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gateway.Specs.Support;

/// <summary>
/// A real token issuer on loopback: HTTPS with a certificate of its own authority, OpenID Connect discovery, JWKS, and tokens of any content, sound
/// (<see cref="Mint"/>) or forged (<see cref="ForgedTokens"/>). Its keys can be rotated, and the server stopped and started again on the same port.
/// </summary>
public sealed class FakeIssuer : IAsyncDisposable
{
    readonly TestCertificates _certificates;
    readonly X509Certificate2 _certificate;
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-issuer");
    readonly TimeProvider _time;
    WebApplication? _server;
    int _port;
    int _keyReads;
    volatile bool _fails;

    FakeIssuer(TimeProvider time)
    {
        _time = time;
        _certificates = new TestCertificates("Test issuer CA", time);
        _certificate = _certificates.Server();
        Keys = new IssuerSigningKeys();
        AuthoritiesFile = _certificates.WriteAuthority(Path.Combine(_directory.FullName, "issuer-ca.crt"));
    }

    /// <summary>The issuer's URL, which its tokens carry as <c>iss</c>.</summary>
    public string Url => $"https://localhost:{_port}";

    /// <summary>PEM file of the authority that issued the server's certificate.</summary>
    public string AuthoritiesFile { get; }

    public X509Certificate2Collection Authorities => _certificates.Authorities;

    public IssuerSigningKeys Keys { get; private set; }

    /// <summary>What the discovery document says the issuer is; a spec may make it lie.</summary>
    public string? DiscoveredIssuer { get; set; }

    /// <summary>Answers requests for the keys in the issuer's place, with what no honest issuer would answer.</summary>
    public RequestDelegate? KeysInstead { get; set; }

    /// <summary>How often the keys were read.</summary>
    public int KeyReads => Volatile.Read(ref _keyReads);

    public static async Task<FakeIssuer> StartAsync(TimeProvider? time = null)
    {
        var issuer = new FakeIssuer(time ?? TimeProvider.System);
        await issuer.StartAgainAsync();
        return issuer;
    }

    /// <summary>The configuration that trusts this issuer.</summary>
    public IssuerOptions Options(string name = "main", string audience = "gateway") => new()
    {
        Name = name,
        Authority = Url,
        Audience = audience,
        AuthoritiesFile = AuthoritiesFile,
    };

    /// <summary>A token of this issuer, signed with one of its current keys.</summary>
    public string Mint(TokenContent? content = null)
    {
        var told = content ?? new TokenContent();
        return Keys.Sign(told.Algorithm, Header(told, Keys.IdFor(told.Algorithm)), Claims(told));
    }

    /// <summary>New keys; the old ones are published no more.</summary>
    public void RotateKeys() => Keys = new IssuerSigningKeys();

    /// <summary>Answers every request with status 500 until told otherwise.</summary>
    public void Fail(bool fails = true) => _fails = fails;

    /// <summary>Closes the port.</summary>
    public async Task StopAsync()
    {
        if (_server is not { } server) return;
        _server = null;
        await server.StopAsync();
        await server.DisposeAsync();
    }

    /// <summary>Listens again on the port it had.</summary>
    public async Task StartAgainAsync()
    {
        _server = LoopbackHttps.Build(_certificate, _port);
        _server.MapGet("/.well-known/openid-configuration", Discovery);
        _server.MapGet("/keys", PublishedKeys);
        await _server.StartAsync();
        _port = _server.Port();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _certificates.Dispose();
        _directory.Delete(recursive: true);
    }

    /// <summary>The header of a token; null values are left out.</summary>
    internal static Dictionary<string, object?> Header(TokenContent content, string? keyId)
    {
        var header = new Dictionary<string, object?> { ["alg"] = content.Algorithm, ["typ"] = "JWT", ["kid"] = content.KeyId ?? keyId };
        foreach (var (name, value) in content.MoreHeaders) header[name] = value;
        return header;
    }

    /// <summary>The claims of a token; null values are left out.</summary>
    internal Dictionary<string, object?> Claims(TokenContent content)
    {
        var now = _time.GetUtcNow();
        var claims = new Dictionary<string, object?>
        {
            ["iss"] = content.Issuer ?? Url,
            ["sub"] = content.Subject,
            ["aud"] = content.Audience,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = content.NotBefore?.ToUnixTimeSeconds(),
            ["exp"] = (content.Expires ?? now.AddMinutes(10)).ToUnixTimeSeconds(),
            ["groups"] = content.Groups,
        };
        foreach (var (name, value) in content.MoreClaims) claims[name] = value;
        return claims;
    }

    IResult Discovery() => _fails
        ? Results.StatusCode(StatusCodes.Status500InternalServerError)
        : Json(new { issuer = DiscoveredIssuer ?? Url, jwks_uri = $"{Url}/keys" });

    Task PublishedKeys(HttpContext context)
    {
        Interlocked.Increment(ref _keyReads);
        if (KeysInstead is { } instead) return instead(context);
        var answer = _fails ? Results.StatusCode(StatusCodes.Status500InternalServerError) : Json(Keys.Published());
        return answer.ExecuteAsync(context);
    }

    // Results.Json would need the reflection-based serializer, which the slim host leaves out.
    static IResult Json(object content) => Results.Text(JsonSerializer.Serialize(content), "application/json");
}

/// <summary>What a token says. The defaults make a sound one for <c>alice</c>.</summary>
public sealed record TokenContent
{
    public string? Subject { get; init; } = "alice";

    /// <summary>A string or an array of strings.</summary>
    public object? Audience { get; init; } = "gateway";

    /// <summary>Null: the issuer's own URL.</summary>
    public string? Issuer { get; init; }

    /// <summary>A string or an array of strings.</summary>
    public object? Groups { get; init; }

    /// <summary>Null: in ten minutes.</summary>
    public DateTimeOffset? Expires { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>ES256, RS256 or PS256.</summary>
    public string Algorithm { get; init; } = "ES256";

    /// <summary>Null: that of the key it is signed with.</summary>
    public string? KeyId { get; init; }

    /// <summary>Overrides and additions; a null value removes the claim.</summary>
    public IReadOnlyDictionary<string, object?> MoreClaims { get; init; } = new Dictionary<string, object?>();

    /// <summary>Overrides and additions; a null value removes the header parameter.</summary>
    public IReadOnlyDictionary<string, object?> MoreHeaders { get; init; } = new Dictionary<string, object?>();
}
