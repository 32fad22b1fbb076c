using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>JSON Web Signatures (RFC 7515 section 7.2.2) in the form that ACME wants (RFC 8555 section 6.2). Pure.</summary>
static class Jws
{
    /// <summary>A request that is signed by an account's key.</summary>
    /// <param name="key">The account's.</param>
    /// <param name="account">The account's URL, where it has one already: then the key itself is not sent.</param>
    /// <param name="url">Where the request goes.</param>
    /// <param name="nonce">Null inside another signature.</param>
    /// <param name="payload">Null: POST-as-GET.</param>
    public static JsonObject Sign(AcmeAccountKey key, Uri? account, Uri url, string? nonce, JsonObject? payload)
    {
        var head = new JsonObject { ["alg"] = "ES256" };
        if (nonce is not null) head["nonce"] = nonce;
        if (account is null) head["jwk"] = JsonNode.Parse(key.Jwk);
        else head["kid"] = account.OriginalString;
        head["url"] = url.OriginalString;
        return Seal(head, payload?.ToJsonString() ?? "", key.Sign);
    }

    /// <summary>The proof that an account's key belongs to an account the server's operator knows. RFC 8555 section 7.3.4.</summary>
    public static JsonObject Bind(AcmeAccountKey key, string externalId, byte[] externalKey, Uri newAccount)
    {
        var head = new JsonObject { ["alg"] = "HS256", ["kid"] = externalId, ["url"] = newAccount.OriginalString };
        return Seal(head, key.Jwk, signed => HMACSHA256.HashData(externalKey, signed));
    }

    static JsonObject Seal(JsonObject head, string payload, Func<byte[], byte[]> sign)
    {
        var (first, second) = (Encode(head.ToJsonString()), Encode(payload));
        var signature = sign(Encoding.ASCII.GetBytes($"{first}.{second}"));
        return new JsonObject { ["protected"] = first, ["payload"] = second, ["signature"] = Base64Url.EncodeToString(signature) };
    }

    static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
