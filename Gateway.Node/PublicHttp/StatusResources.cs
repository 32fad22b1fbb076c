using System.Globalization;
using Gateway.Actors.Certificates.Status;

namespace Gateway.Node.PublicHttp;

/// <summary>Revocation of the cluster's own authorities, for whoever asks: lists, and a responder (RFC 6960 appendix A.1).</summary>
static class StatusResources
{
    // What is kept in between may be as old as what is kept here.
    static readonly string s_cache = string.Create(CultureInfo.InvariantCulture, $"public, max-age={(int)AuthorityStatus.KeptFor.TotalSeconds}");

    public static void Map(IEndpointRouteBuilder app, AuthorityStatus status)
    {
        app.MapGet(StatusExtensions.ListPath + "{name}", http => ListAsync(http, status));
        app.MapGet(StatusExtensions.ResponderPath + "/{**question}", http => AnswerAsync(http, status));
        app.MapPost(StatusExtensions.ResponderPath, http => AnswerPostedAsync(http, status));
    }

    static Task ListAsync(HttpContext http, AuthorityStatus status)
    {
        var name = (string?)http.Request.RouteValues["name"] ?? "";
        var list = name.EndsWith(".crl", StringComparison.Ordinal) && uint.TryParse(name[..^4], NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            ? status.ListOf(generation)
            : null;
        if (list is not null) return SendAsync(http, "application/pkix-crl", list, isCached: true);
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    // The question in base 64, parts of it escaped as every client sees fit.
    static Task AnswerAsync(HttpContext http, AuthorityStatus status)
    {
        var text = Uri.UnescapeDataString((string?)http.Request.RouteValues["question"] ?? "");
        var question = new byte[AuthorityStatus.LargestQuestion];
        var answer = Convert.TryFromBase64String(text, question, out var length) ? status.AnswerTo(question[..length]) : status.AnswerTo([]);
        return SendAsync(http, "application/ocsp-response", answer, isCached: true);
    }

    static async Task AnswerPostedAsync(HttpContext http, AuthorityStatus status)
    {
        if (http.Request.ContentType != "application/ocsp-request")
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        // The server's limit bounds it.
        var question = new MemoryStream();
        await http.Request.Body.CopyToAsync(question, http.RequestAborted);
        await SendAsync(http, "application/ocsp-response", status.AnswerTo(question.ToArray()), isCached: false);
    }

    static Task SendAsync(HttpContext http, string type, byte[] content, bool isCached)
    {
        http.Response.ContentType = type;
        http.Response.ContentLength = content.Length;
        http.Response.Headers.CacheControl = isCached ? s_cache : "no-store";
        return http.Response.Body.WriteAsync(content, http.RequestAborted).AsTask();
    }
}
