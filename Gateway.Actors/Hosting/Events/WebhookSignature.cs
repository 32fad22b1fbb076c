using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Actors.Hosting.Events;

/// <summary>
/// How a webhook knows that a request is the gateway's, and not an old one said again: HMAC-SHA-256 over id, time and body, in the headers of Standard
/// Webhooks (standardwebhooks.com), for which there are verifiers in most languages. Pure.
/// </summary>
public static class WebhookSignature
{
    public const string IdHeader = "webhook-id";
    public const string TimeHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    /// <summary>The value of <see cref="SignatureHeader"/>: a signature of each key, so that keys can be changed without a gap.</summary>
    /// <param name="keys">At least one.</param>
    /// <param name="id">The request's id.</param>
    /// <param name="unixSeconds">When it is sent.</param>
    /// <param name="body">What is sent.</param>
    public static string Of(IReadOnlyList<byte[]> keys, string id, long unixSeconds, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{unixSeconds}.")), .. body];
        return string.Join(' ', keys.Select(key => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, signed))}"));
    }
}
