using System.Numerics;

namespace Gateway.Protocols.Masking;

/// <summary>
/// The paths of several rules as one automaton: a state is where in which paths a value stands, so that following a text costs one step for each of
/// its values, however many paths there are. Made once of all rules of a connection, when it is registered; <see cref="ChosenPaths"/> are
/// those of a topic.
/// </summary>
sealed class PathAutomaton
{
    /// <summary>Names at any depth can be combined in as many ways as there are subsets of them. Origin: a hundred paths need a few hundred.</summary>
    public const int MostStates = 2048;

    readonly List<(int Rule, bool Finds, JsonPath Path)> _paths = [];
    readonly Dictionary<string, PathState> _states = new(StringComparer.Ordinal);
    readonly Queue<(PathState State, (int Path, int Step)[] Places)> _open = new();

    PathAutomaton(IEnumerable<(int Rule, bool Finds, JsonPath Path)> paths)
    {
        _paths.AddRange(paths);
        Start = StateOf([.. _paths.Select((_, path) => (path, 0))]);
        while (_open.TryDequeue(out var next)) Complete(next.State, next.Places);
    }

    public PathState Start { get; }

    /// <summary>Null where the paths combine in more ways than <see cref="MostStates"/>.</summary>
    public static PathState? TryBuild(IEnumerable<(int Rule, bool Finds, JsonPath Path)> paths)
    {
        try
        {
            return new PathAutomaton(paths).Start;
        }
        catch (TooManyStatesException)
        {
            return null;
        }
    }

    void Complete(PathState state, (int Path, int Step)[] places)
    {
        var names = places.Select(p => StepAt(p)?.Name).OfType<byte[]>().DistinctBy(Convert.ToHexString).ToArray();
        state.Names = names;
        state.Named = [.. names.Select(name => StateOf(Next(places, step => step.Name is null || step.Name.AsSpan().SequenceEqual(name))))];
        state.Other = StateOf(Next(places, step => step.Name is null));
    }

    IEnumerable<(int Path, int Step)> Next((int Path, int Step)[] places, Func<JsonPathStep, bool> matches)
    {
        foreach (var place in places)
        {
            if (StepAt(place) is not { } step) continue;
            if (step.Descends) yield return place;
            if (matches(step)) yield return (place.Path, place.Step + 1);
        }
    }

    PathState StateOf(IEnumerable<(int Path, int Step)> reached)
    {
        (int Path, int Step)[] places = [.. reached.Distinct().Order()];
        var key = string.Join(' ', places.Select(p => $"{p.Path}:{p.Step}"));
        if (_states.TryGetValue(key, out var known)) return known;
        if (_states.Count == MostStates) throw new TooManyStatesException();
        var hits = places.Where(p => StepAt(p) is null).Select(p => _paths[p.Path]).ToArray();
        var state = new PathState
        {
            Replacers = Bits(hits.Where(h => !h.Finds)),
            Finders = Bits(hits.Where(h => h.Finds)),
        };
        _states.Add(key, state);
        _open.Enqueue((state, places));
        return state;
    }

    static ulong Bits(IEnumerable<(int Rule, bool Finds, JsonPath Path)> hits) => hits.Aggregate(0UL, (all, h) => all | 1UL << h.Rule);

    JsonPathStep? StepAt((int Path, int Step) place)
    {
        var steps = _paths[place.Path].Path.Steps;
        return place.Step < steps.Count ? steps[place.Step] : null;
    }

    sealed class TooManyStatesException : Exception;
}

/// <summary>Where in which paths a value stands.</summary>
sealed class PathState
{
    /// <summary>The rules that mask the whole value, a bit each.</summary>
    public required ulong Replacers { get; init; }

    /// <summary>The rules that mask parts of it, a bit each.</summary>
    public required ulong Finders { get; init; }

    public byte[][] Names { get; set; } = [];

    public PathState[] Named { get; set; } = [];

    public PathState Other { get; set; } = null!;

    /// <summary>The state of a member of that name, unescaped.</summary>
    public PathState Member(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            if (name.SequenceEqual(Names[i])) return Named[i];
        }

        return Other;
    }
}

/// <summary>The paths of some rules, a bit each: of what a state says of a value, theirs alone counts.</summary>
readonly record struct ChosenPaths(PathState Start, ulong Rules)
{
    /// <summary>Those of no rule: they lead nowhere.</summary>
    public static readonly ChosenPaths None = new(PathAutomaton.TryBuild([])!, 0);

    /// <summary>Whether one of them is <c>$</c> itself.</summary>
    public bool SelectAll => ((Start.Replacers | Start.Finders) & Rules) != 0;

    /// <summary>The first rule that masks the whole value; -1: none.</summary>
    public int Whole(PathState state)
    {
        var replacers = state.Replacers & Rules;
        return replacers == 0 ? -1 : BitOperations.TrailingZeroCount(replacers);
    }

    /// <summary>The rules that mask parts of the value, a bit each.</summary>
    public ulong Finders(PathState state) => state.Finders & Rules;
}
