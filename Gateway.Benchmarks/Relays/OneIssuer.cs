using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Relays;

/// <summary>An issuer of one token, for whoever the client certificate is of: OpenID Connect discovery, one key (RFC 7517), ES256 (RFC 7518).</summary>
sealed class OneIssuer : IAsyncDisposable
{
    public const string Audience = "gateway";

    const string KeyId = "one", KeysPath = "/keys", Algorithm = "ES256";

    static readonly TimeSpan s_lasts = TimeSpan.FromHours(4);

    readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly HttpsAnswers _server;

    public OneIssuer(CertificateFiles certificates)
    {
        _server = new HttpsAnswers(certificates, path => path == KeysPath ? Keys() : Discovery());
        Token = Signed(TimeProvider.System.GetUtcNow());
    }

    /// <summary>What its tokens call it.</summary>
    public string Name => _server.Url.AbsoluteUri.TrimEnd('/');

    public string Token { get; }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _key.Dispose();
    }

    string Discovery() => JsonSerializer.Serialize(new { issuer = Name, jwks_uri = Name + KeysPath });

    string Keys()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        var key = new { kty = "EC", crv = "P-256", use = "sig", alg = Algorithm, kid = KeyId, x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y) };
        return JsonSerializer.Serialize(new { keys = new[] { key } });
    }

    string Signed(DateTimeOffset now)
    {
        var head = Part(new { alg = Algorithm, typ = "JWT", kid = KeyId });
        var claims = Part(new
        {
            iss = Name,
            sub = CertificateFiles.ClientName,
            aud = Audience,
            iat = now.ToUnixTimeSeconds(),
            exp = (now + s_lasts).ToUnixTimeSeconds(),
        });
        var signature = _key.SignData(Encoding.ASCII.GetBytes($"{head}.{claims}"), HashAlgorithmName.SHA256);
        return $"{head}.{claims}.{Base64Url.EncodeToString(signature)}";
    }

    static string Part<T>(T content) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(content));
}
