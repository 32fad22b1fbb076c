namespace Gateway.Actors.Hosting.Events;

/// <summary>A place that is told events.</summary>
public interface IEventOutlet : IDisposable
{
    /// <summary>
    /// Over when the outlet has taken all of them. Throws <see cref="OutletException"/> when it has not, or may not have.
    /// </summary>
    /// <returns>How many of them it will never take.</returns>
    Task<int> SendAsync(IReadOnlyList<AuditEvent> batch, CancellationToken cancel);
}

/// <summary>A batch that an outlet did not take. The message is for operators and holds no secret.</summary>
/// <param name="message">Why.</param>
/// <param name="cause">What was behind it.</param>
/// <param name="retryAfter">How long the outlet wants to be left alone; null: it did not say.</param>
public sealed class OutletException(string message, Exception? cause = null, TimeSpan? retryAfter = null) : Exception(message, cause)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
