namespace Gateway.Actors.Sessions;

/// <summary>
/// The name of a session in the journal, in commands and in the cluster: <c>nodeKey-ULID</c>, where the node is the one that accepted the socket.
/// The ULID (48 bits of milliseconds since 1970, 80 random bits) sorts sessions by time and cannot be guessed.
/// </summary>
public static class SessionIds
{
    /// <summary>Longest part of an id before the dash; a bound for ids that come from outside.</summary>
    public const int MaxNodeKeyLength = 40;

    // A dead node's sessions come back on the survivors shard by shard: four shards spread them, and keep the coordinator's table small.
    const int ShardsPerNode = 4;

    const int TimeLetters = 10;

    const int RandomLetters = 16;

    /// <summary>A new id for a session that this node accepts now.</summary>
    public static string New(string nodeKey, TimeProvider time)
    {
        var milliseconds = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();
        return $"{nodeKey}-{Base32.Write(milliseconds, TimeLetters)}{Base32.Random(RandomLetters)}";
    }

    /// <summary>The key of the node that accepted the session; null when the id is not well-formed.</summary>
    public static string? NodeKey(string? sessionId)
    {
        if (sessionId is null) return null;
        var dash = sessionId.IndexOf('-', StringComparison.Ordinal);
        if (dash is < 1 or > MaxNodeKeyLength || sessionId.Length != dash + 1 + TimeLetters + RandomLetters) return null;
        var key = sessionId.AsSpan(0, dash);
        var ulid = sessionId.AsSpan(dash + 1);
        foreach (var letter in key)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('.' or '_')) return null;
        }

        foreach (var letter in ulid)
        {
            if (Base32.Value(letter) < 0) return null;
        }

        // Ten letters hold 50 bits; the time has 48 (ULID specification, overflow).
        return ulid[0] <= '7' ? key.ToString() : null;
    }

    /// <summary>New ids for a session in each of a node's shards.</summary>
    public static IReadOnlyList<string> NewInEachShard(string nodeKey, TimeProvider time) =>
        [.. Enumerable.Range(0, ShardsPerNode).Select(shard => $"{New(nodeKey, time)[..^1]}{Base32.Write((ulong)shard, 1)}")];

    /// <summary>The shard that holds the session, <c>nodeKey/0</c> to <c>nodeKey/3</c>; null when the id is not well-formed.</summary>
    public static string? Shard(string? sessionId) =>
        NodeKey(sessionId) is { } key ? $"{key}/{Base32.Value(sessionId![^1]) % ShardsPerNode}" : null;
}
