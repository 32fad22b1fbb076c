using System.Security.Cryptography;
using System.Text;
using Gateway.Actors.Hosting;
using Gateway.Protocols;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Actors.Identify;

/// <summary>
/// The key that signs the gateway's own tokens (ES256), the same on every node of a cluster, so that a token of one counts on all. Safe for
/// use from several threads.
/// </summary>
public sealed class TokenKey : IIssuerKeys, IDisposable
{
    static readonly JsonWebTokenHandler s_handler = new() { SetDefaultTimesOnTokenCreation = false };

    readonly ECDsa _key;
    readonly ECDsaSecurityKey _verifying;
    readonly Lock _lock = new();

    TokenKey(ECDsa key)
    {
        _key = key;
        _verifying = new ECDsaSecurityKey(ECDsa.Create(key.ExportParameters(includePrivateParameters: false)));
        // RFC 7638: what names the key is the key itself, on every node alike.
        _verifying.KeyId = Base64UrlEncoder.Encode(_verifying.ComputeJwkThumbprint());
        var jwk = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(_verifying);
        Published = new PublishedKey("EC", "sig", SecurityAlgorithms.EcdsaSha256, _verifying.KeyId, jwk.Crv, jwk.X, jwk.Y);
    }

    /// <summary>What verifies the tokens, for everybody.</summary>
    public PublishedKey Published { get; }

    /// <summary>As <see cref="EcdsaKeyFile.Load"/>.</summary>
    public static TokenKey Load(string file, bool create) => new(EcdsaKeyFile.Load("token key", file, create));

    /// <summary>A key that lives in memory alone.</summary>
    public static TokenKey Ephemeral() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>A signed access token (RFC 9068) with an id of its own.</summary>
    public string Sign(OwnToken token)
    {
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = token.Issuer,
            Audience = token.Audience,
            IssuedAt = token.From.UtcDateTime,
            NotBefore = token.From.UtcDateTime,
            Expires = token.Until.UtcDateTime,
            TokenType = "at+jwt",
            Claims = new Dictionary<string, object>
            {
                ["sub"] = token.Subject,
                ["groups"] = token.Groups.ToArray(),
                ["jti"] = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(16)),
            },
        };
        lock (_lock)
        {
            var signing = new ECDsaSecurityKey(_key) { KeyId = _verifying.KeyId, CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false } };
            descriptor.SigningCredentials = new SigningCredentials(signing, SecurityAlgorithms.EcdsaSha256);
            return s_handler.CreateToken(descriptor);
        }
    }

    public ValueTask<Verdict<SecurityKey>> FindAsync(string? keyId, string algorithm, CancellationToken cancel) => ValueTask.FromResult<Verdict<SecurityKey>>(
        keyId == _verifying.KeyId && algorithm == SecurityAlgorithms.EcdsaSha256
            ? (SecurityKey)_verifying
            : new Refused(Refusal.TokenSignatureInvalid, "the token is not signed with this cluster's token key"));

    /// <summary>A key of 32 bytes that only holders of this one can make; another for each purpose (HKDF, RFC 5869).</summary>
    public byte[] Derive(string purpose)
    {
        var secret = _key.ExportParameters(includePrivateParameters: true).D!;
        try
        {
            return HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: Encoding.ASCII.GetBytes(purpose));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    public void Dispose()
    {
        _verifying.ECDsa.Dispose();
        _key.Dispose();
    }
}

/// <summary>What a token of the gateway's own says.</summary>
public sealed record OwnToken(string Issuer, string Audience, string Subject, IReadOnlyList<string> Groups, DateTimeOffset From, DateTimeOffset Until);

/// <summary>A public elliptic curve key as a JSON Web Key (RFC 7517, RFC 7518 section 6.2.1).</summary>
public sealed record PublishedKey(string Kty, string Use, string Alg, string Kid, string Crv, string X, string Y);
