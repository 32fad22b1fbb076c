namespace Gateway.Protocols.Masking;

/// <summary>How Kafka's record batches are compressed, by the codec in their attributes.</summary>
public enum RecordCodec
{
    None = 0,
    Gzip = 1,
    Snappy = 2,
    Lz4 = 3,
    Zstd = 4,
}

/// <summary>Compresses and decompresses records. Kept outside: the codecs are packages.</summary>
public interface IRecordCompression
{
    /// <summary>Appends what was compressed; false where it is malformed, or longer than <paramref name="most"/> bytes.</summary>
    bool TryDecompress(RecordCodec codec, ReadOnlySpan<byte> compressed, int most, PooledWriter target);

    /// <summary>Appends the records compressed, in the form that every client of Kafka reads.</summary>
    void Compress(RecordCodec codec, ReadOnlySpan<byte> records, PooledWriter target);
}
