namespace Gateway.Actors.Certificates.Acme;

/// <summary>
/// A certificate could not be had of an ACME server, or something else that was asked of it. The message is one line for operators; it holds nothing of
/// the server's making but printable ASCII of bounded length, and no secret.
/// </summary>
public sealed class AcmeException : Exception
{
    public AcmeException(string message, Exception? cause = null) : base(message, cause)
    {
    }

    internal AcmeException(string message, AcmeProblem problem, TimeSpan? retryAfter) : base(message) =>
        (Problem, RetryAfter) = (problem.Type, retryAfter);

    /// <summary>The error's type without its namespace (RFC 8555 section 6.7), such as <c>rateLimited</c>; empty when the server gave none.</summary>
    public string Problem { get; } = "";

    /// <summary>How long the server wants to be left alone, at most <see cref="AcmeLimits.LongestRetry"/>; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; }
}
