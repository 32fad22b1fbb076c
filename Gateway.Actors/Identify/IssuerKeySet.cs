using Microsoft.IdentityModel.Tokens;

namespace Gateway.Actors.Identify;

/// <summary>
/// The keys an issuer signs with, as it published them (JWKS, RFC 7517). Only public RSA and elliptic curve keys for signatures are taken
/// over, and of those only what verifying needs: symmetric keys, certificates and references to further keys are not. Immutable.
/// </summary>
public sealed class IssuerKeySet
{
    // RFC 7518 section 3.3 asks for at least 2048 bits; beyond 16384 verifying is slow enough to be an attack.
    const int LeastRsaBits = 2048;
    const int MostRsaBits = 16384;

    readonly JsonWebKey[] _keys;

    IssuerKeySet(JsonWebKey[] keys) => _keys = keys;

    /// <summary>How many keys can be used.</summary>
    public int Count => _keys.Length;

    /// <exception cref="InvalidDataException">It is no key set, or has more keys than <see cref="IdentityLimits.IssuerKeys"/>.</exception>
    public static IssuerKeySet Parse(string json)
    {
        var published = Read(json);
        if (published.Count > IdentityLimits.IssuerKeys)
            throw new InvalidDataException($"the issuer publishes {published.Count} keys; at most {IdentityLimits.IssuerKeys} are read");
        return new([.. published.Select(Verifying).OfType<JsonWebKey>()]);
    }

    /// <summary>
    /// The key of that id that fits the algorithm. A token may leave the id out only where one key fits (OpenID Connect Core section 10.1);
    /// where none or several do, there is no answer.
    /// </summary>
    public JsonWebKey? Find(string? keyId, string algorithm)
    {
        JsonWebKey? found = null;
        foreach (var key in _keys)
        {
            if ((keyId is not null && key.Kid != keyId) || !Fits(key, algorithm)) continue;
            if (found is not null) return null;
            found = key;
        }

        return found;
    }

    static IList<JsonWebKey> Read(string json)
    {
        try
        {
            return new JsonWebKeySet(json).Keys;
        }
        catch (Exception fault) when (fault is ArgumentException or System.Text.Json.JsonException)
        {
            throw new InvalidDataException("the issuer's keys are no JSON Web Key Set", fault);
        }
    }

    static JsonWebKey? Verifying(JsonWebKey key)
    {
        if (key.Use is not (null or "" or "sig") || (key.KeyOps.Count > 0 && !key.KeyOps.Contains("verify"))) return null;
        return key.Kty switch
        {
            "RSA" when RsaBits(key) is >= LeastRsaBits and <= MostRsaBits =>
                new() { Kty = "RSA", Kid = key.Kid, Alg = key.Alg, N = key.N, E = key.E },
            "EC" when key is { X: not null, Y: not null } =>
                new() { Kty = "EC", Kid = key.Kid, Alg = key.Alg, Crv = key.Crv, X = key.X, Y = key.Y },
            _ => null,
        };
    }

    static int RsaBits(JsonWebKey key)
    {
        if (key.N is null || key.E is null) return 0;
        try
        {
            return Base64UrlEncoder.DecodeBytes(key.N).Length * 8;
        }
        catch (FormatException)
        {
            return 0;
        }
    }

    // RFC 7518 section 3.4 binds each ECDSA algorithm to one curve.
    static bool Fits(JsonWebKey key, string algorithm) => (string.IsNullOrEmpty(key.Alg) || key.Alg == algorithm) && algorithm switch
    {
        SecurityAlgorithms.EcdsaSha256 => key is { Kty: "EC", Crv: "P-256" },
        SecurityAlgorithms.EcdsaSha384 => key is { Kty: "EC", Crv: "P-384" },
        SecurityAlgorithms.EcdsaSha512 => key is { Kty: "EC", Crv: "P-521" },
        _ => key.Kty == "RSA" && algorithm is ['R' or 'P', 'S', ..],
    };
}
