using System.Text.Json;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>Reads the JSON of a server that is not trusted to send what it should. Throws <see cref="AcmeException"/> for what it should not.</summary>
static class AcmeText
{
    static readonly JsonDocumentOptions s_strict = new() { MaxDepth = 16 };

    /// <summary>An object; <paramref name="what"/> it should be, for the error.</summary>
    public static JsonElement Object(ReadOnlyMemory<byte> json, string what)
    {
        try
        {
            using var document = JsonDocument.Parse(json, s_strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // Told below.
        }

        throw new AcmeException($"{what} is no JSON object");
    }

    /// <summary>Null where the property is absent or no string.</summary>
    public static string? Text(this JsonElement json, string property) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>The elements of an array; none where the property is absent or no array.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement json, string property) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : [];

    /// <summary>A property that must be an https URL; any host, for the directory is trusted to name the server's own.</summary>
    public static Uri RequiredUrl(this JsonElement json, string property, string what) =>
        Url(json.Text(property)) ?? throw new AcmeException($"{what} has no {property}, or it is no https URL");

    public static Uri? OptionalUrl(this JsonElement json, string property) => Url(json.Text(property));

    public static Uri? Url(string? text) =>
        text is { Length: <= AcmeLimits.Url } && Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "https", UserInfo: "" } ? url : null;

    /// <summary>Base 64 for URLs (RFC 4648 section 5) without padding, not empty and not longer than <paramref name="most"/>.</summary>
    public static bool IsBase64Url(string? text, int most) =>
        text is { Length: > 0 } && text.Length <= most && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>What a server wrote, as one line of printable ASCII of at most that many characters.</summary>
    public static string Printable(string? text, int most)
    {
        if (text is null) return "";
        var shown = text.Length <= most ? text : text[..most] + "...";
        return string.Concat(shown.Select(c => c is >= ' ' and <= '~' ? c : c is '\n' or '\r' or '\t' ? ' ' : '?')).Trim();
    }
}
