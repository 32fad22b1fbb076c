namespace Gateway.Actors.Record;

/// <summary>Counts the bytes that a session's recording takes, and tells once when they are so many. Safe for several threads.</summary>
public sealed class ByteMark
{
    long _passed;
    long _mark = long.MaxValue;
    Action<long>? _reached;

    /// <summary>
    /// Has <paramref name="reached"/> told how many there are, with the bytes that make them <paramref name="bytes"/> or more; at once
    /// where they are.
    /// </summary>
    public void When(long bytes, Action<long> reached)
    {
        _reached = reached;
        Volatile.Write(ref _mark, bytes);
        Add(0);
    }

    public void Add(long bytes)
    {
        var passed = Interlocked.Add(ref _passed, bytes);
        if (passed >= Volatile.Read(ref _mark)) Reached(passed);
    }

    void Reached(long passed)
    {
        Volatile.Write(ref _mark, long.MaxValue);
        Interlocked.Exchange(ref _reached, null)?.Invoke(passed);
    }
}
