using Gateway.Protocols.Reading;

namespace Gateway.Actors.Replay;

/// <summary>An operation that was found, or one beside it.</summary>
public readonly record struct SearchedOperation(DecodedOperation Operation, bool IsMatch);

/// <summary>
/// Puts matches together with so many operations before and after. What is found near each other comes as one group, of at most
/// <see cref="MostOfGroup"/> operations.
/// </summary>
sealed class SearchContext(int around)
{
    const int MostOfGroup = 64;

    readonly Queue<DecodedOperation> _before = [];
    List<SearchedOperation>? _group;
    int _after;

    /// <summary>Takes the next operation; yields a group that ends with it.</summary>
    public IReadOnlyList<SearchedOperation>? Next(DecodedOperation operation, bool isMatch)
    {
        if (isMatch)
        {
            _group ??= [.. _before.Select(before => new SearchedOperation(before, false))];
            _before.Clear();
            _after = around;
        }
        else if (_group is null)
        {
            Remember(operation);
            return null;
        }
        else
        {
            _after--;
        }

        _group.Add(new SearchedOperation(operation, isMatch));
        return _after == 0 || _group.Count >= MostOfGroup ? End() : null;
    }

    /// <summary>Nothing follows: yields what is still open.</summary>
    public IReadOnlyList<SearchedOperation>? End()
    {
        var ended = _group;
        _group = null;
        return ended;
    }

    void Remember(DecodedOperation operation)
    {
        if (around == 0) return;
        if (_before.Count == around) _before.Dequeue();
        _before.Enqueue(operation);
    }
}
