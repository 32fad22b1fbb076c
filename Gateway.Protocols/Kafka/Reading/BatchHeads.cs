using System.Buffers.Binary;

namespace Gateway.Protocols.Kafka.Reading;

/// <summary>
/// Counts the records of what a Produce or a Fetch carries, by the heads of the batches alone, at whatever byte the input ends. Of a batch of version 2:
/// <c>baseOffset(8) batchLength(4) partitionLeaderEpoch(4) magic(1) crc(4) attributes(2) lastOffsetDelta(4) timestamps(16) producer(14) count(4)</c>.
/// </summary>
sealed class BatchHeads
{
    const int Head = 61;
    const int UpToLength = 12;
    const int Magic = 16;
    const int Attributes = 21;
    const int Count = 57;

    static readonly string[] s_codecs = ["", "gzip", "snappy", "lz4", "zstd"];

    readonly byte[] _head = new byte[Head];
    int _headLength;
    long _toSkip;

    public long Records { get; private set; }

    public long? FirstOffset { get; private set; }

    /// <summary>How the last batch is compressed; empty where it is not.</summary>
    public string Codec { get; private set; } = "";

    public bool IsControl { get; private set; }

    public void Clear()
    {
        (Records, FirstOffset, Codec, IsControl) = (0, null, "", false);
        (_headLength, _toSkip) = (0, 0);
    }

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_toSkip > 0)
            {
                var skipped = (int)Math.Min(_toSkip, bytes.Length);
                _toSkip -= skipped;
                bytes = bytes[skipped..];
                continue;
            }

            var taken = Math.Min(Head - _headLength, bytes.Length);
            bytes[..taken].CopyTo(_head.AsSpan(_headLength));
            _headLength += taken;
            bytes = bytes[taken..];
            if (_headLength == Head) ReadHead();
        }
    }

    void ReadHead()
    {
        _headLength = 0;
        var length = BinaryPrimitives.ReadInt32BigEndian(_head.AsSpan(8));
        // Sets of messages from before Kafka 0.11 have no counts; neither does what is no batch.
        if (_head[Magic] != 2 || length < Head - UpToLength)
        {
            _toSkip = long.MaxValue;
            return;
        }

        FirstOffset ??= BinaryPrimitives.ReadInt64BigEndian(_head);
        var attributes = BinaryPrimitives.ReadInt16BigEndian(_head.AsSpan(Attributes));
        (Codec, IsControl) = ((attributes & 7) < s_codecs.Length ? s_codecs[attributes & 7] : "", (attributes & 32) != 0);
        Records += Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(_head.AsSpan(Count)));
        _toSkip = UpToLength + (long)length - Head;
    }
}
