using System.Net.Http.Headers;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>How long a server wants to be left alone. RFC 9110 section 10.2.3. Pure.</summary>
static class RetryAfter
{
    /// <summary>Null when it does not say; never negative.</summary>
    public static TimeSpan? Read(RetryConditionHeaderValue? header, DateTimeOffset now)
    {
        var wanted = header?.Delta ?? header?.Date - now;
        return wanted is { } time && time < TimeSpan.Zero ? TimeSpan.Zero : wanted;
    }

    /// <summary>Before the next look at something that is not ready: what the server wants, within bounds, or else longer from time to time.</summary>
    /// <param name="wanted">What the server wants.</param>
    /// <param name="looks">How often it was looked at.</param>
    public static TimeSpan BeforePoll(TimeSpan? wanted, int looks)
    {
        var time = wanted ?? AcmeLimits.FirstPoll * Math.Pow(2, Math.Min(looks, 6));
        return time < AcmeLimits.FirstPoll ? AcmeLimits.FirstPoll : time > AcmeLimits.SlowestPoll ? AcmeLimits.SlowestPoll : time;
    }
}
