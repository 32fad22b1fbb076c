using System.Text.Encodings.Web;

namespace Gateway.Node.Saml;

/// <summary>The few pages a person's browser gets: plain words, nothing loaded, nothing run.</summary>
static class SamlPages
{
    public static IResult Told(int status, string sentence) => new Page(status, sentence);

    /// <summary>On to the command that waits on loopback. See Other: the browser asks there by GET, without the form.</summary>
    public static IResult BackTo(string address) => new SeeOther(address);

    sealed class Page(int status, string sentence) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = status;
            response.ContentType = "text/html; charset=utf-8";
            response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
            return response.WriteAsync(
                $"<!doctype html><title>gateway</title><p>{HtmlEncoder.Default.Encode(sentence)}</p>", httpContext.RequestAborted);
        }
    }

    sealed class SeeOther(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = address;
            // The address holds a code: no page that is opened from there learns it.
            httpContext.Response.Headers["Referrer-Policy"] = "no-referrer";
            return Task.CompletedTask;
        }
    }
}
