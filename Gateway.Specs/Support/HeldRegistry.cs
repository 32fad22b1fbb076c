using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Specs.Support;

/// <summary>A registry without a journal: what is done is there at once, judged as the real one judges it.</summary>
sealed class HeldRegistry : IRegistry, IRegistryCommands
{
    readonly List<Action<RegistrySnapshot>> _subscribers = [];

    public RegistrySnapshot Current { get; private set; } = RegistrySnapshot.Empty;

    /// <summary>Every act that was done so far, in order. It may be read while others are done.</summary>
    public IReadOnlyList<RegistryEvent> Acts { get; private set; } = [];

    /// <summary>When set, what every change is answered.</summary>
    public RegistryAnswer? Answer { get; set; }

    public IDisposable Subscribe(Action<RegistrySnapshot> changed)
    {
        _subscribers.Add(changed);
        return new Ending(() => _subscribers.Remove(changed));
    }

    /// <summary>Does the acts without judging them.</summary>
    public void Do(params IEnumerable<RegistryEvent> acts)
    {
        foreach (var act in acts)
        {
            Acts = [.. Acts, act];
            Current = Current.With(act, Current.Revision + 1);
        }

        foreach (var subscriber in _subscribers.ToArray()) subscriber(Current);
    }

    public Task<RegistryAnswer> ChangeAsync(IReadOnlyList<RegistryEvent> acts, long? basis, CancellationToken cancel)
    {
        if (Answer is { } answer) return Task.FromResult(answer);
        if (basis is { } revision && revision != Current.ConnectionsRevision) return Task.FromResult(new RegistryAnswer(RegistryOutcome.Outdated, Current.Revision, "changed"));
        var (changes, tried) = (new List<RegistryEvent>(), Current);
        foreach (var act in acts)
        {
            var judged = RegistryDecisions.Judge(tried, act);
            if (!judged.IsDone) return Task.FromResult(judged);
            if (judged.Outcome != RegistryOutcome.Done) continue;
            changes.Add(act);
            tried = tried.With(act, tried.Revision + 1);
        }

        Do(changes);
        return Task.FromResult(new RegistryAnswer(changes.Count > 0 ? RegistryOutcome.Done : RegistryOutcome.Unchanged, Current.Revision, ""));
    }

    sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
