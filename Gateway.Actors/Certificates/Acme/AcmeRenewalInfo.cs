using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>When a server suggests that a certificate be renewed. RFC 9773.</summary>
/// <param name="Start">Of the time that is suggested.</param>
/// <param name="End">After <paramref name="Start"/>.</param>
/// <param name="AskAgainIn">When to ask again, within the bounds of <see cref="AcmeLimits"/>.</param>
public sealed record AcmeRenewalInfo(DateTimeOffset Start, DateTimeOffset End, TimeSpan AskAgainIn)
{
    /// <summary>
    /// The moment within the suggested time that is this certificate's (RFC 9773 section 4.2 wants a random one): the same whoever asks, so that a
    /// decision does not change with the node that takes it. It may lie in the past.
    /// </summary>
    /// <param name="certificateId">See <see cref="IdOf"/>.</param>
    public DateTimeOffset MomentFor(string certificateId)
    {
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes(certificateId));
        return Start + (End - Start) * (BinaryPrimitives.ReadUInt32BigEndian(hash) / (double)uint.MaxValue);
    }

    /// <summary>How a certificate is named when it is asked about or replaced (RFC 9773 section 4.1); null for one without authority key identifier.</summary>
    public static string? IdOf(X509Certificate2 certificate)
    {
        var authority = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        return authority is { IsEmpty: false } key
            ? $"{Base64Url.EncodeToString(key.Span)}.{Base64Url.EncodeToString(certificate.SerialNumberBytes.Span)}"
            : null;
    }

    internal static AcmeRenewalInfo Read(AcmeAnswer answer)
    {
        const string What = "the renewal information";
        var json = AcmeText.Object(answer.Body, What);
        var window = json.TryGetProperty("suggestedWindow", out var given) ? given : default;
        if (Time(window, "start") is not { } start || Time(window, "end") is not { } end || end <= start)
            throw new AcmeException($"{What} suggests no time that begins before it ends");
        var again = answer.RetryAfter ?? AcmeLimits.UnsaidRenewalInfo;
        return new(start, end, Within(again, AcmeLimits.SoonestRenewalInfo, AcmeLimits.LatestRenewalInfo));
    }

    static DateTimeOffset? Time(JsonElement window, string property) =>
        DateTimeOffset.TryParse(window.Text(property), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;

    static TimeSpan Within(TimeSpan time, TimeSpan least, TimeSpan most) => time < least ? least : time > most ? most : time;
}
