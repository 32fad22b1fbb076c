using System.Net;
using System.Text;
using System.Text.Json;
using Gateway.Actors.Hosting;
using Gateway.Actors.Tls;

namespace Gateway.Actors.Identify;

/// <summary>
/// Reads an issuer's discovery document (OpenID Connect Discovery section 4) and the keys it points to, over HTTPS. Whatever is not exactly
/// as it must be is an exception, whose message says what was wrong.
/// </summary>
static class IssuerDocuments
{
    public static async Task<IssuerKeySet> ReadKeysAsync(IssuerOptions issuer, CancellationToken cancel)
    {
        // A client of its own for each reading: readings are rare, and a changed file of authorities counts from the next one on.
        using var client = OutsideHttps.Client(issuer.AuthoritiesFile, IdentityLimits.IssuerDocument);
        var keysAddress = KeysAddress(await GetAsync(client, DiscoveryAddress(issuer.Authority), cancel), issuer.Authority);
        return IssuerKeySet.Parse(await GetAsync(client, keysAddress, cancel));
    }

    /// <summary>A slash at the end is not doubled (section 4.1).</summary>
    internal static Uri DiscoveryAddress(string authority) => Https($"{authority.TrimEnd('/')}/.well-known/openid-configuration");

    /// <summary>
    /// The <c>jwks_uri</c>, after the document's <c>issuer</c> proved to be the configured authority, character by character (section 4.3):
    /// also a slash at the end counts, for tokens are compared with the same text.
    /// </summary>
    internal static Uri KeysAddress(string discovery, string authority)
    {
        using var document = Parse(discovery);
        if (Text(document, "issuer") != authority)
            throw new InvalidDataException("the discovery document names another issuer than the configured authority");
        return Https(Text(document, "jwks_uri") ?? throw new InvalidDataException("the discovery document has no jwks_uri"));
    }

    static async Task<string> GetAsync(HttpClient client, Uri address, CancellationToken cancel)
    {
        using var response = await client.GetAsync(address, cancel);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new InvalidDataException($"{address} answers with status {(int)response.StatusCode}");
        return Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancel));
    }

    static JsonDocument Parse(string discovery)
    {
        try
        {
            return JsonDocument.Parse(discovery);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException("the discovery document is no JSON", fault);
        }
    }

    static string? Text(JsonDocument document, string property) =>
        document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(property, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    static Uri Https(string address) => Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps
        ? url
        : throw new InvalidDataException("the address of the issuer or of its keys is no https URL");
}
