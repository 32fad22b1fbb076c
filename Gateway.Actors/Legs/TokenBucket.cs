using Gateway.Protocols;

namespace Gateway.Actors.Legs;

/// <summary>
/// A rate with room for bursts. What is taken beyond it is owed: the next taker waits until it is paid back. Safe for use from several threads.
/// </summary>
public sealed class TokenBucket : IByteBudget
{
    readonly Lock _lock = new();
    readonly double _perSecond;
    readonly double _burst;
    readonly TimeProvider _time;
    double _tokens;
    long _at;

    /// <param name="perSecond">Tokens that come back each second, more than 0.</param>
    /// <param name="burst">Tokens at most, and at first.</param>
    /// <param name="time">Steers it.</param>
    public TokenBucket(double perSecond, double burst, TimeProvider time)
    {
        (_perSecond, _burst, _time) = (perSecond, burst, time);
        (_tokens, _at) = (burst, time.GetTimestamp());
    }

    public double PerSecond => _perSecond;

    /// <summary>Nothing was taken for so long that all of it is there again.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                Refill();
                return _tokens >= _burst;
            }
        }
    }

    /// <summary>Takes one token, or none where none is left.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            Refill();
            if (_tokens < 1) return false;
            _tokens--;
            return true;
        }
    }

    /// <inheritdoc/>
    public TimeSpan Take(int count)
    {
        lock (_lock)
        {
            Refill();
            _tokens -= count;
            return _tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_tokens / _perSecond);
        }
    }

    void Refill()
    {
        var now = _time.GetTimestamp();
        _tokens = Math.Min(_burst, _tokens + _time.GetElapsedTime(_at, now).TotalSeconds * _perSecond);
        _at = now;
    }
}
