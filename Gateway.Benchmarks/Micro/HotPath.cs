namespace Gateway.Benchmarks.Micro;

/// <summary>One piece of work on the way of a byte, small enough to be measured alone.</summary>
/// <param name="Name">Short; how it is chosen and reported.</param>
/// <param name="Once">Does it once, always the same.</param>
/// <param name="MayAllocate">False: it runs per message or per chunk in every session, and must leave the garbage collector alone.</param>
sealed record HotPath(string Name, Action Once, bool MayAllocate)
{
    public override string ToString() => Name;
}
