using Gateway.Actors.Connections;

namespace Gateway.Actors.Record;

/// <summary>What compressing a chunk may cost. Both write Zstandard frames (RFC 8878), which one decoder reads; figures are of text, on one core.</summary>
public enum CompressionEffort
{
    /// <summary>Level 1: a fifth of the bytes is left, at 130 to 260 MB/s.</summary>
    Thrifty,

    /// <summary>Fewer matches are looked for, and what matches nothing is left as it is: a third is left, at 460 MB/s.</summary>
    Swift,
}

/// <summary>How a session's chunks are compressed. Safe for use from several threads.</summary>
public interface IChunkCompression
{
    /// <inheritdoc cref="ChunkCodec.TryCompress"/>
    int TryCompress(ReadOnlySpan<byte> plain, Span<byte> destination);
}

/// <summary>Chooses how a session's chunks are compressed.</summary>
public static class ChunkCompression
{
    /// <summary>As small as it gets, whatever that costs.</summary>
    public static readonly IChunkCompression Small = new Always(CompressionEffort.Thrifty);

    static readonly IChunkCompression s_fast = new Always(CompressionEffort.Swift);

    /// <summary>By the connection's rule; <paramref name="budget"/> is the node's.</summary>
    public static IChunkCompression Of(RecordingCompression rule, CompressionBudget budget) => rule switch
    {
        RecordingCompression.Adaptive => budget,
        RecordingCompression.Fast => s_fast,
        _ => Small,
    };

    sealed class Always(CompressionEffort effort) : IChunkCompression
    {
        public int TryCompress(ReadOnlySpan<byte> plain, Span<byte> destination) => ChunkCodec.TryCompress(plain, destination, effort);
    }
}
