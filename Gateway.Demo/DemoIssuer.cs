using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Demo;

/// <summary>
/// A token issuer on loopback: OpenID Connect discovery and keys over HTTPS, as the gateway reads them. Tokens are made in the process, for whom the demo
/// likes: it stands for a company's identity provider, not for one that should be run.
/// </summary>
sealed class DemoIssuer : IAsyncDisposable
{
    public const string Audience = "gateway";

    readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly TimeProvider _time;
    readonly WebApplication _server;

    DemoIssuer(WebApplication server, TimeProvider time) => (_server, _time) = (server, time);

    public string Url { get; private set; } = "";

    public static async Task<DemoIssuer> StartAsync(X509Certificate2 certificate, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var issuer = new DemoIssuer(builder.Build(), time);
        issuer._server.MapGet("/.well-known/openid-configuration", issuer.Discovery);
        issuer._server.MapGet("/keys", issuer.Keys);
        await issuer._server.StartAsync();
        var addresses = issuer._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        issuer.Url = $"https://localhost:{new Uri(addresses.First()).Port}";
        return issuer;
    }

    /// <summary>A token for a subject in these groups.</summary>
    public string Token(string subject, TimeSpan lifetime, params string[] groups)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        var key = new ECDsaSecurityKey(_key) { KeyId = "demo" };
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Url,
            Audience = Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + lifetime,
            Claims = new Dictionary<string, object> { ["sub"] = subject, ["groups"] = groups },
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
        _key.Dispose();
    }

    IResult Discovery() => Results.Text($$"""{"issuer":"{{Url}}","jwks_uri":"{{Url}}/keys"}""", "application/json");

    IResult Keys()
    {
        var point = _key.ExportParameters(false).Q;
        var (x, y) = (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
        return Results.Text(
            $$"""{"keys":[{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"demo","x":"{{x}}","y":"{{y}}"}]}""", "application/json");
    }
}
