namespace Gateway.Protocols.Masking;

/// <summary>A part of a text that a rule masks: from <paramref name="Start"/> to before <paramref name="End"/>, in bytes.</summary>
public readonly record struct Match(int Start, int End, int Rule);

/// <summary>What the rules found in one text. Where finds overlap, all they cover is masked as the first of their rules says.</summary>
public sealed class MatchList
{
    readonly List<Match> _matches = [];

    /// <summary>The rule that is looking.</summary>
    public int Rule { get; set; }

    public int Count => _matches.Count;

    public Match this[int index]
    {
        get => _matches[index];
        set => _matches[index] = value;
    }

    public void Add(int start, int end)
    {
        if (end > start) _matches.Add(new(start, end, Rule));
    }

    public void Clear() => _matches.Clear();

    /// <summary>Forgets those behind so many.</summary>
    public void CutTo(int count) => _matches.RemoveRange(count, _matches.Count - count);

    /// <summary>Brings them into the order of the text, and those that overlap together.</summary>
    public void Settle()
    {
        if (_matches.Count < 2) return;
        _matches.Sort(static (one, other) => one.Start != other.Start ? one.Start.CompareTo(other.Start) : one.Rule.CompareTo(other.Rule));
        var last = 0;
        for (var i = 1; i < _matches.Count; i++)
        {
            var (before, match) = (_matches[last], _matches[i]);
            if (match.Start >= before.End) _matches[++last] = match;
            else _matches[last] = new(before.Start, Math.Max(before.End, match.End), Math.Min(before.Rule, match.Rule));
        }

        CutTo(last + 1);
    }
}
