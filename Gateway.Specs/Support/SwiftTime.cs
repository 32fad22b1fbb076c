using Microsoft.Extensions.Time.Testing;

namespace Gateway.Specs.Support;

/// <summary>
/// A clock on which certain waits take no time: whoever waits that long is woken at once, and it is that much later for everybody. Other waits end when
/// so much time has passed by then.
/// </summary>
sealed class SwiftTime(Func<TimeSpan, bool> isSwift) : FakeTimeProvider(TimeProvider.System.GetUtcNow())
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        // On another thread: whoever waits has to get as far as waiting.
        if (isSwift(dueTime)) ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        return timer;
    }
}
