namespace Gateway.Actors.Upstream;

/// <summary>
/// The answer to one question, for whoever asks it: it is asked once however many wait, and again when the answer is too old. Safe for use from several
/// threads.
/// </summary>
sealed class SharedAnswer<T>
    where T : class
{
    /// <summary>How long a failure is believed. Origin: shorter than any client waits before it tries again and again.</summary>
    public static readonly TimeSpan Failed = TimeSpan.FromSeconds(1);

    readonly Lock _lock = new();
    Task<Verdict<T>>? _asked;
    long _answeredAt;
    TimeSpan _believed;

    /// <param name="time">The clock.</param>
    /// <param name="ask">
    /// Asks, and says how long the answer is believed from when it came. Whoever asked first may leave while others wait: it has a deadline of its own.
    /// </param>
    public Task<Verdict<T>> CurrentAsync(TimeProvider time, Func<Task<(Verdict<T> Answer, TimeSpan Believed)>> ask)
    {
        lock (_lock)
        {
            var isUnderWay = _asked is { IsCompleted: false };
            var isBelieved = _asked is not null && !isUnderWay && time.GetElapsedTime(_answeredAt) <= _believed;
            return isUnderWay || isBelieved ? _asked! : _asked = AskAsync(time, ask);
        }
    }

    async Task<Verdict<T>> AskAsync(TimeProvider time, Func<Task<(Verdict<T> Answer, TimeSpan Believed)>> ask)
    {
        // Not within the lock.
        await Task.Yield();
        _believed = Failed;
        try
        {
            (var answer, _believed) = await ask().ConfigureAwait(false);
            return answer;
        }
        finally
        {
            _answeredAt = time.GetTimestamp();
        }
    }
}
