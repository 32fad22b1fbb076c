namespace Gateway.Actors.Certificates.Acme;

/// <summary>How long a server that is not ready is left alone. Pure.</summary>
static class RetryAfter
{
    /// <summary>Before the next look at something that is not ready: what the server wants, within bounds, or else longer from time to time.</summary>
    /// <param name="wanted">What the server wants.</param>
    /// <param name="looks">How often it was looked at.</param>
    public static TimeSpan BeforePoll(TimeSpan? wanted, int looks)
    {
        var time = wanted ?? AcmeLimits.FirstPoll * Math.Pow(2, Math.Min(looks, 6));
        return time < AcmeLimits.FirstPoll ? AcmeLimits.FirstPoll : time > AcmeLimits.SlowestPoll ? AcmeLimits.SlowestPoll : time;
    }
}
