using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Node.Admin;

/// <summary>Reads the bodies of requests. Those that may be larger than the listener's general bound have one of their own.</summary>
static class Bodies
{
    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>To be called before the body is read.</summary>
    public static void Allow(HttpContext http, long mostBytes)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound) bound.MaxRequestBodySize = mostBytes;
    }

    /// <summary>The body as UTF-8 text; null when it is none. A larger one ends the request with 413.</summary>
    public static async Task<string?> TextAsync(HttpContext http, int mostBytes)
    {
        Allow(http, mostBytes);
        using var bytes = new MemoryStream();
        await http.Request.Body.CopyToAsync(bytes, http.RequestAborted);
        try
        {
            return s_strict.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The body as JSON of that type; null when it is none, or not called so.</summary>
    public static async Task<T?> JsonAsync<T>(HttpContext http, JsonTypeInfo<T> type) where T : class
    {
        if (!http.Request.HasJsonContentType()) return null;
        try
        {
            return await http.Request.ReadFromJsonAsync(type, http.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
