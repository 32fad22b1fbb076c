using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Gateway.Protocols;
using Gateway.Protocols.Masking;
using K4os.Compression.LZ4;
using K4os.Compression.LZ4.Streams;
using Snappier;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Gateway.Actors.Protocol;

/// <summary>The codecs of Kafka's record batches, in the forms that its clients write and read. Safe for use from several threads.</summary>
public sealed class RecordCompression : IRecordCompression
{
    public static readonly RecordCompression Instance = new();

    const int Step = 64 * 1024;

    /// <summary>The block of snappy-java, which Kafka's own client writes.</summary>
    const int SnappyBlock = 32 * 1024;

    /// <summary>Log2 of the most bytes that zstd may look back. Origin: what a frame may hold; a window larger than its content is never needed.</summary>
    const int MostZstdWindow = 26;

    const int ZstdLevel = 3;

    /// <summary>A magic, and two versions of 1: the framing of snappy-java. Blocks with their lengths follow.</summary>
    static readonly byte[] s_xerial = [0x82, 0x53, 0x4E, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1];

    // Kafka's own client reads independent blocks only.
    static readonly LZ4EncoderSettings s_lz4 = new() { ChainBlocks = false, BlockSize = 64 * 1024, CompressionLevel = LZ4Level.L00_FAST };

    public bool TryDecompress(RecordCodec codec, ReadOnlySpan<byte> compressed, int most, PooledWriter target)
    {
        try
        {
            return codec switch
            {
                RecordCodec.Gzip => TryRead(compressed, static s => new GZipStream(s, CompressionMode.Decompress), most, target),
                RecordCodec.Lz4 => TryRead(compressed, static s => LZ4Stream.Decode(s), most, target),
                RecordCodec.Zstd => TryRead(compressed, Zstd, most, target),
                RecordCodec.Snappy => TryReadSnappy(compressed, most, target),
                _ => throw new ArgumentOutOfRangeException(nameof(codec)),
            };
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or ZstdException or ArgumentException or InvalidOperationException or NotSupportedException
            or NotImplementedException or IndexOutOfRangeException or OverflowException)
        {
            // The codecs tell of hostile input by whatever exception they meet first; none of them leaves anything behind.
            return false;
        }
    }

    public void Compress(RecordCodec codec, ReadOnlySpan<byte> records, PooledWriter target)
    {
        switch (codec)
        {
            case RecordCodec.Gzip:
                Write(records, s => new GZipStream(s, CompressionLevel.Fastest, leaveOpen: true), target);
                break;
            case RecordCodec.Lz4:
                Write(records, s => LZ4Stream.Encode(s, s_lz4, leaveOpen: true), target);
                break;
            case RecordCodec.Zstd:
                using (var compressor = new Compressor(ZstdLevel)) target.Write(compressor.Wrap(records));
                break;
            case RecordCodec.Snappy:
                WriteSnappy(records, target);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(codec));
        }
    }

    static DecompressionStream Zstd(Stream source)
    {
        var stream = new DecompressionStream(source);
        stream.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MostZstdWindow);
        return stream;
    }

    static bool TryRead(ReadOnlySpan<byte> compressed, Func<Stream, Stream> decompress, int most, PooledWriter target)
    {
        using var source = new MemoryStream(compressed.ToArray(), writable: false);
        using var stream = decompress(source);
        for (var start = target.Length; ;)
        {
            var count = stream.Read(target.GetSpan(Step)[..Step]);
            if (count == 0) return true;
            target.Advance(count);
            if (target.Length - start > most) return false;
        }
    }

    static void Write(ReadOnlySpan<byte> records, Func<Stream, Stream> compress, PooledWriter target)
    {
        using var compressed = new MemoryStream();
        using (var stream = compress(compressed)) stream.Write(records);
        target.Write(compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
    }

    static bool TryReadSnappy(ReadOnlySpan<byte> compressed, int most, PooledWriter target)
    {
        if (!compressed.StartsWith(s_xerial.AsSpan(0, 8))) return TryReadBlock(compressed, ref most, target);
        if (compressed.Length < s_xerial.Length) return false;
        for (var rest = compressed[s_xerial.Length..]; !rest.IsEmpty;)
        {
            if (rest.Length < sizeof(int)) return false;
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            if (length < 0 || length > rest.Length - sizeof(int) || !TryReadBlock(rest.Slice(sizeof(int), length), ref most, target)) return false;
            rest = rest[(sizeof(int) + length)..];
        }

        return true;
    }

    static bool TryReadBlock(ReadOnlySpan<byte> block, ref int most, PooledWriter target)
    {
        var length = Snappy.GetUncompressedLength(block);
        if (length < 0 || length > most) return false;
        var written = Snappy.Decompress(block, target.GetSpan(length));
        target.Advance(written);
        most -= length;
        return written == length;
    }

    static void WriteSnappy(ReadOnlySpan<byte> records, PooledWriter target)
    {
        target.Write(s_xerial);
        var block = ArrayPool<byte>.Shared.Rent(Snappy.GetMaxCompressedLength(SnappyBlock));
        while (!records.IsEmpty)
        {
            var length = Math.Min(SnappyBlock, records.Length);
            var written = Snappy.Compress(records[..length], block);
            BinaryPrimitives.WriteInt32BigEndian(target.GetSpan(sizeof(int)), written);
            target.Advance(sizeof(int));
            target.Write(block.AsSpan(0, written));
            records = records[length..];
        }

        ArrayPool<byte>.Shared.Return(block);
    }
}
