using Gateway.Actors.Authorize;

namespace Gateway.Specs.Support;

/// <summary>Access facts that whoever holds this sets. Safe for use from several threads.</summary>
public sealed class LocalAccessFacts : IAccessFacts
{
    readonly Lock _lock = new();
    readonly List<Action> _onChange = [];
    volatile AccessFacts _current = AccessFacts.None;

    public AccessFacts Current => _current;

    public void Set(AccessFacts facts)
    {
        _current = facts;
        Action[] told;
        lock (_lock) told = [.. _onChange];
        foreach (var changed in told) changed();
    }

    public IDisposable OnChange(Action changed)
    {
        lock (_lock) _onChange.Add(changed);
        return new Subscription(this, changed);
    }

    sealed class Subscription(LocalAccessFacts facts, Action changed) : IDisposable
    {
        public void Dispose()
        {
            lock (facts._lock) facts._onChange.Remove(changed);
        }
    }
}
