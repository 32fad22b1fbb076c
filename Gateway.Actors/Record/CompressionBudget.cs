namespace Gateway.Actors.Record;

/// <summary>
/// Compresses thriftily while that costs little of the node, and swiftly beyond: streams that say a little are kept small, and one that says much does not
/// wait for its recording. What it costs is measured as it is spent, by the clock, so that a slow machine and one that has other things to do spend less on it.
/// Safe for use from several threads, which between them may overdraw it by a chunk each.
/// </summary>
/// <param name="cores">That the node has.</param>
/// <param name="time">The clock.</param>
public sealed class CompressionBudget(int cores, TimeProvider time) : IChunkCompression
{
    /// <summary>
    /// Of the node's cores. Origin: a twentieth is not noticed, and compresses 8 MB/s of text for each core; what flows faster would cost more to compress
    /// thriftily than to relay.
    /// </summary>
    const double Share = 0.05;

    /// <summary>What was not spent is kept for this long: somebody who says much at once, and then nothing, is kept small.</summary>
    static readonly TimeSpan s_kept = TimeSpan.FromSeconds(2);

    // The moment by which all that was spent is earned, as the clock's timestamp.
    long _earnedAt = time.GetTimestamp();

    /// <summary>What the next chunk may cost.</summary>
    public CompressionEffort Effort =>
        Interlocked.Read(ref _earnedAt) - time.GetTimestamp() < s_kept.TotalSeconds * time.TimestampFrequency ? CompressionEffort.Thrifty : CompressionEffort.Swift;

    public int TryCompress(ReadOnlySpan<byte> plain, Span<byte> destination)
    {
        var effort = Effort;
        var began = time.GetTimestamp();
        var length = ChunkCodec.TryCompress(plain, destination, effort);
        if (effort == CompressionEffort.Thrifty) Spend(time.GetElapsedTime(began));
        return length;
    }

    /// <summary>Takes note of so much time of one core.</summary>
    public void Spend(TimeSpan cost)
    {
        var earning = (long)(cost.TotalSeconds * time.TimestampFrequency / (Share * cores));
        long before, now = time.GetTimestamp();
        do before = Interlocked.Read(ref _earnedAt);
        while (Interlocked.CompareExchange(ref _earnedAt, Math.Max(before, now) + earning, before) != before);
    }
}
