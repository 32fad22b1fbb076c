using System.Text.Json;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>An order for a certificate. RFC 8555 section 7.1.3.</summary>
sealed record AcmeOrder
{
    public required Uri Url { get; init; }

    /// <summary>One of <c>pending</c>, <c>ready</c>, <c>processing</c>, <c>valid</c> and <c>invalid</c>.</summary>
    public required string Status { get; init; }

    public required IReadOnlyList<Uri> Authorizations { get; init; }

    public required Uri Finalize { get; init; }

    /// <summary>Known once the order is valid.</summary>
    public Uri? Certificate { get; init; }

    public required AcmeProblem Problem { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public static AcmeOrder Read(Uri url, AcmeAnswer answer)
    {
        const string What = "the order";
        var order = AcmeText.Object(answer.Body, What);
        var authorizations = order.Items("authorizations").Take(AcmeLimits.Names + 1).Select(a => a.ValueKind == JsonValueKind.String ? AcmeText.Url(a.GetString()) : null)
            .ToArray();
        if (authorizations.Length > AcmeLimits.Names || Array.Exists(authorizations, url => url is null))
            throw new AcmeException($"{What} names more than {AcmeLimits.Names} authorizations, or one that is no https URL");
        return new AcmeOrder
        {
            Url = url,
            Status = AcmeText.Printable(order.Text("status"), 20),
            Authorizations = [.. authorizations.OfType<Uri>()],
            Finalize = order.RequiredUrl("finalize", What),
            Certificate = order.OptionalUrl("certificate"),
            Problem = order.TryGetProperty("error", out var error) ? AcmeProblem.Of(error) : AcmeProblem.None,
            RetryAfter = answer.RetryAfter,
        };
    }
}
