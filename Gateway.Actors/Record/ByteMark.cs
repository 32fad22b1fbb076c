namespace Gateway.Actors.Record;

/// <summary>
/// Counts the bytes that a session's recording takes, and tells once when they are so many, and once when some come late. Safe for several
/// threads.
/// </summary>
public sealed class ByteMark
{
    long _passed;
    long _mark = long.MaxValue;
    Action<long>? _reached;
    Late? _late;

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

    /// <summary>Has <paramref name="reached"/> told once, with the first bytes that pass when <paramref name="isLate"/> says so.</summary>
    public void WhenLate(Func<bool> isLate, Action reached) => Volatile.Write(ref _late, new Late(isLate, reached));

    public void Add(long bytes)
    {
        if (bytes > 0 && Volatile.Read(ref _late) is { } late && late.IsLate()) Reached(late);
        var passed = Interlocked.Add(ref _passed, bytes);
        if (passed >= Volatile.Read(ref _mark)) Reached(passed);
    }

    void Reached(long passed)
    {
        Volatile.Write(ref _mark, long.MaxValue);
        Interlocked.Exchange(ref _reached, null)?.Invoke(passed);
    }

    void Reached(Late late)
    {
        if (Interlocked.CompareExchange(ref _late, null, late) == late) late.Reached();
    }

    sealed record Late(Func<bool> IsLate, Action Reached);
}
