using System.Text.Json;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>Whether an account may have certificates for a name, and how it can prove that. RFC 8555 section 7.1.4.</summary>
sealed record AcmeAuthorization
{
    public required Uri Url { get; init; }

    /// <summary><c>pending</c> and <c>valid</c> lead somewhere; anything else does not.</summary>
    public required string Status { get; init; }

    /// <summary>As the server wrote it.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<AcmeChallenge> Challenges { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public static AcmeAuthorization Read(Uri url, AcmeAnswer answer)
    {
        const string What = "the authorization";
        var json = AcmeText.Object(answer.Body, What);
        var name = json.TryGetProperty("identifier", out var identifier) ? identifier.Text("value") : null;
        return new AcmeAuthorization
        {
            Url = url,
            Status = AcmeText.Printable(json.Text("status"), 20),
            Name = name is { Length: > 0 and <= 255 } ? name : throw new AcmeException($"{What} is for no name"),
            Challenges = [.. json.Items("challenges").Take(AcmeLimits.Challenges).Select(AcmeChallenge.Read).OfType<AcmeChallenge>()],
            RetryAfter = answer.RetryAfter,
        };
    }

    /// <summary>Why a challenge failed, in the server's words; nothing where it gave none.</summary>
    public AcmeProblem Problem => Challenges.Select(challenge => challenge.Problem).FirstOrDefault(problem => problem.Explanation.Length > 0) ?? AcmeProblem.None;
}

/// <summary>One way to prove control of a name. RFC 8555 section 7.1.5.</summary>
/// <param name="Type">Such as <c>http-01</c>.</param>
/// <param name="Url">Where the server is told that the answer is ready.</param>
/// <param name="Token">Base 64 for URLs, at most <see cref="AcmeLimits.Token"/> characters.</param>
/// <param name="Problem">Why it failed.</param>
sealed record AcmeChallenge(string Type, Uri Url, string Token, AcmeProblem Problem)
{
    /// <summary>Null for one that cannot be answered, such as one without token.</summary>
    public static AcmeChallenge? Read(JsonElement json)
    {
        if (json.Text("type") is not { Length: <= 40 } type || json.OptionalUrl("url") is not { } url) return null;
        if (json.Text("token") is not { } token || !AcmeText.IsBase64Url(token, AcmeLimits.Token)) return null;
        return new(type, url, token, json.TryGetProperty("error", out var error) ? AcmeProblem.Of(error) : AcmeProblem.None);
    }
}
