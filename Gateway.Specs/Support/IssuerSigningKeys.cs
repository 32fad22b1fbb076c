using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gateway.Specs.Support;

/// <summary>An issuer's keys, one for ECDSA and one for RSA, and tokens signed with them (RFC 7515 section 7.1). Safe for use from several threads.</summary>
public sealed class IssuerSigningKeys
{
    readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly RSA _rsa = RSA.Create(2048);
    readonly Lock _lock = new();
    readonly string _id = Guid.NewGuid().ToString("N")[..8];

    /// <summary>The RSA public key as PEM, which an attacker may try as the secret of an HMAC.</summary>
    public string RsaPublicPem => _rsa.ExportSubjectPublicKeyInfoPem();

    public string IdFor(string algorithm) => algorithm == "ES256" ? $"ec-{_id}" : $"rsa-{_id}";

    /// <summary>The JSON Web Key Set (RFC 7517 section 5).</summary>
    public object Published() => new { keys = new[] { EcKey(), RsaKey() } };

    /// <summary>The public ECDSA key as a JSON Web Key.</summary>
    public Dictionary<string, string> EcKey()
    {
        var point = _ec.ExportParameters(false).Q;
        return new()
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["use"] = "sig",
            ["kid"] = IdFor("ES256"),
            ["x"] = Base64Url.EncodeToString(point.X),
            ["y"] = Base64Url.EncodeToString(point.Y),
        };
    }

    public string Sign(string algorithm, IReadOnlyDictionary<string, object?> header, IReadOnlyDictionary<string, object?> claims)
    {
        return Sign(algorithm, SigningInput(header, claims));
    }

    /// <summary>Signs whatever text is to stand before the second dot.</summary>
    public string Sign(string algorithm, string content)
    {
        var bytes = Encoding.ASCII.GetBytes(content);
        lock (_lock)
        {
            var signature = algorithm switch
            {
                "ES256" => _ec.SignData(bytes, HashAlgorithmName.SHA256),
                "RS256" => _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
                "PS256" => _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
                _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "ES256, RS256 or PS256"),
            };
            return $"{content}.{Base64Url.EncodeToString(signature)}";
        }
    }

    /// <summary>Header and claims in the compact form, without the signature and its dot.</summary>
    public static string SigningInput(IReadOnlyDictionary<string, object?> header, IReadOnlyDictionary<string, object?> claims) =>
        $"{Part(header)}.{Part(claims)}";

    Dictionary<string, string> RsaKey()
    {
        var key = _rsa.ExportParameters(false);
        return new()
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["kid"] = IdFor("RS256"),
            ["n"] = Base64Url.EncodeToString(key.Modulus),
            ["e"] = Base64Url.EncodeToString(key.Exponent),
        };
    }

    static string Part(IReadOnlyDictionary<string, object?> values) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(values.Where(v => v.Value is not null).ToDictionary(v => v.Key, v => v.Value)));
}
