using System.Buffers;
using System.Collections.Concurrent;
using Gateway.Protocols.Journal;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Gateway.Actors.Record;

/// <summary>Compresses chunks with Zstandard (RFC 8878) and keeps them raw where that does not shrink them. Contexts are pooled: they are up to 1 MB each.</summary>
public static class ChunkCodec
{
    const int Level = 1;

    // The library's name for ZSTD_c_literalCompressionMode (zstd.h); 2 is ZSTD_ps_disable.
    const ZSTD_cParameter LiteralCompression = ZSTD_cParameter.ZSTD_c_experimentalParam5;
    const int Disabled = 2;

    // Log2 of its entries of 4 bytes: 16 KiB stay in the first-level cache. Bytes that a match has at least, and by how much the search is hastened. Origin: measured
    // on text, as fast as LZ4 for a little less bytes; level 1's own 13, 6 and 1 take a third longer, for a tenth less.
    const int SwiftTable = 12;
    const int SwiftMatch = 7;
    const int SwiftHaste = 2;

    static readonly ConcurrentBag<Compressor> s_thrifty = [];
    static readonly ConcurrentBag<Compressor> s_swift = [];
    static readonly ConcurrentBag<Decompressor> s_decompressors = [];

    /// <summary>
    /// Compresses <paramref name="plain"/> into <paramref name="destination"/>, which is at least as long. Returns the compressed length, or -1 where
    /// the plain bytes are not longer than that.
    /// </summary>
    public static int TryCompress(ReadOnlySpan<byte> plain, Span<byte> destination, CompressionEffort effort = CompressionEffort.Thrifty)
    {
        if (plain.Length < 2)
            return -1;
        var pool = effort == CompressionEffort.Swift ? s_swift : s_thrifty;
        if (!pool.TryTake(out var compressor))
            compressor = New(effort);
        try
        {
            // One byte less than the plain length: what does not fit is not worth it, and the compressor stops there.
            return compressor.TryWrap(plain, destination[..(plain.Length - 1)], out var written) && written < plain.Length ? written : -1;
        }
        finally
        {
            GiveBack(pool, compressor);
        }
    }

    /// <summary>
    /// Restores a chunk into <paramref name="plain"/>, which has the declared length. Returns the number of bytes, or -1 when the payload is no such
    /// chunk or holds more than fits. The length the payload itself declares sizes nothing.
    /// </summary>
    public static int Restore(Compression compression, ReadOnlySpan<byte> payload, Span<byte> plain)
    {
        if (compression == Compression.None)
            return payload.TryCopyTo(plain) ? payload.Length : -1;
        if (compression != Compression.Zstandard)
            return -1;
        if (!s_decompressors.TryTake(out var decompressor))
            decompressor = new Decompressor();
        try
        {
            return decompressor.TryUnwrap(payload, plain, out var written) ? written : -1;
        }
        catch (ZstdException)
        {
            return -1;
        }
        finally
        {
            GiveBack(s_decompressors, decompressor);
        }
    }

    /// <summary>
    /// The plain bytes in an array of the declared length, which is capped. Throws <see cref="InvalidDataException"/> when they do not match, or the chunk
    /// does not open with the key; without a key an encrypted chunk does not open.
    /// </summary>
    public static byte[] Restore(string sessionId, TrafficRecorded chunk, RecordingKey? key)
    {
        if (chunk.PlainLength is < 0 or > EventLimits.Chunk)
            throw new InvalidDataException($"Chunk {chunk.Index} declares {chunk.PlainLength} bytes; the cap is {EventLimits.Chunk}.");
        if (chunk.Encryption != Encryption.None && key is null)
            throw new InvalidDataException($"Chunk {chunk.Index} is encrypted, and there is no key to it; name the file of the cluster's key");
        var plain = GC.AllocateUninitializedArray<byte>(chunk.PlainLength);
        return TryRestore(sessionId, chunk, key, plain) ? plain : throw new InvalidDataException($"Chunk {chunk.Index} does not restore to its {plain.Length} bytes.");
    }

    /// <summary>Decrypts and decompresses the chunk into <paramref name="plain"/>, which has the declared length.</summary>
    public static bool TryRestore(string sessionId, TrafficRecorded chunk, RecordingKey? key, Span<byte> plain)
    {
        if (chunk.Encryption == Encryption.None) return Restore(chunk.Compression, chunk.Payload.Span, plain) == plain.Length;
        if (key is null || chunk.Payload.Length < ContentSeal.TagLength) return false;
        var payload = ArrayPool<byte>.Shared.Rent(chunk.Payload.Length);
        var opened = payload.AsSpan(0, chunk.Payload.Length - ContentSeal.TagLength);
        try
        {
            return ContentSeal.TryOpen(key.Bytes, SealedPlace.Of(sessionId, chunk), chunk.Payload.Span, opened) && Restore(chunk.Compression, opened, plain) == plain.Length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(payload, clearArray: true);
        }
    }

    static Compressor New(CompressionEffort effort)
    {
        var compressor = new Compressor(Level);
        if (effort == CompressionEffort.Swift)
        {
            compressor.SetParameter(LiteralCompression, Disabled);
            compressor.SetParameter(ZSTD_cParameter.ZSTD_c_hashLog, SwiftTable);
            compressor.SetParameter(ZSTD_cParameter.ZSTD_c_minMatch, SwiftMatch);
            compressor.SetParameter(ZSTD_cParameter.ZSTD_c_targetLength, SwiftHaste);
        }

        return compressor;
    }

    static void GiveBack<T>(ConcurrentBag<T> pool, T context) where T : IDisposable
    {
        if (pool.Count < Environment.ProcessorCount)
            pool.Add(context);
        else
            context.Dispose();
    }
}
