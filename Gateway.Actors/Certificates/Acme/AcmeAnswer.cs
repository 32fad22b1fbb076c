using System.Net;
using System.Text.RegularExpressions;
using Gateway.Actors.Tls;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>What an ACME server answered, its body of bounded length, its headers only where they are what they should be.</summary>
sealed partial record AcmeAnswer
{
    public required HttpStatusCode Status { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Without parameters, lower case; empty when there is none.</summary>
    public required string ContentType { get; init; }

    /// <summary>For the next request.</summary>
    public string? Nonce { get; init; }

    /// <summary>The URL of what was made.</summary>
    public Uri? Location { get; init; }

    /// <summary>Never negative, otherwise whatever the server wants.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Other chains of the same certificate. RFC 8555 section 7.4.2.</summary>
    public IReadOnlyList<Uri> Alternates { get; init; } = [];

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    public static AcmeAnswer Of(HttpResponseMessage response, byte[] body, DateTimeOffset now) => new()
    {
        Status = response.StatusCode,
        Body = body,
        ContentType = response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant() ?? "",
        Nonce = One(response, "Replay-Nonce") is { } nonce && AcmeText.IsBase64Url(nonce, AcmeLimits.Nonce) ? nonce : null,
        Location = AcmeText.Url(response.Headers.Location?.OriginalString),
        RetryAfter = OutsideHttps.RetryAfter(response.Headers, now),
        Alternates = [.. Links(response).Take(AcmeLimits.AlternateChains)],
    };

    static string? One(HttpResponseMessage response, string header) =>
        response.Headers.TryGetValues(header, out var values) && values.Take(2).ToArray() is [var only] ? only : null;

    // RFC 8288: <url>;rel="alternate", several of them with commas in between.
    static IEnumerable<Uri> Links(HttpResponseMessage response) => !response.Headers.TryGetValues("Link", out var values)
        ? []
        : values.SelectMany(value => Alternate().Matches(value)).Select(match => AcmeText.Url(match.Groups[1].Value)).OfType<Uri>();

    [GeneratedRegex("""<([^<>]{1,2048})>\s*;\s*rel="?alternate"?""", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Alternate();
}
