namespace Gateway.Actors.Registry;

/// <summary>The last acts that were done, so that one whose answer was lost is not done again.</summary>
sealed class RecentActs
{
    // Far more than can be sent again within a sender's deadline.
    const int Most = 4096;

    readonly Dictionary<string, long> _revisions = new(StringComparer.Ordinal);
    readonly Queue<string> _order = new();

    /// <summary>The act of that id is done, up to that revision.</summary>
    public void Add(string id, long revision)
    {
        if (!_revisions.ContainsKey(id)) _order.Enqueue(id);
        _revisions[id] = revision;
        if (_order.Count > Most) _revisions.Remove(_order.Dequeue());
    }

    /// <summary>The revision the act led to; null when it is not known.</summary>
    public long? Find(string id) => _revisions.TryGetValue(id, out var revision) ? revision : null;
}
