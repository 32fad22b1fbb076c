using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Records;

namespace Gateway.Protocols.Kafka.Reading;

/// <summary>
/// Counts the records of what a Produce or a Fetch carries, by the heads of the batches alone (<see cref="BatchHead"/>), at whatever byte
/// the input ends.
/// </summary>
sealed class BatchHeads
{
    static readonly string[] s_codecs = ["", "gzip", "snappy", "lz4", "zstd"];

    readonly byte[] _head = new byte[BatchHead.Length];
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

            var taken = Math.Min(BatchHead.Length - _headLength, bytes.Length);
            bytes[..taken].CopyTo(_head.AsSpan(_headLength));
            _headLength += taken;
            bytes = bytes[taken..];
            if (_headLength == BatchHead.Length) ReadHead();
        }
    }

    void ReadHead()
    {
        _headLength = 0;
        var length = BinaryPrimitives.ReadInt32BigEndian(_head.AsSpan(BatchHead.LengthAt));
        // Sets of messages from before Kafka 0.11 have no counts; neither does what is no batch.
        if (_head[BatchHead.MagicAt] != BatchHead.Magic || length < BatchHead.Length - BatchHead.LengthEnd)
        {
            _toSkip = long.MaxValue;
            return;
        }

        FirstOffset ??= BinaryPrimitives.ReadInt64BigEndian(_head);
        var attributes = BinaryPrimitives.ReadInt16BigEndian(_head.AsSpan(BatchHead.AttributesAt));
        var codec = attributes & BatchHead.CodecBits;
        (Codec, IsControl) = (codec < s_codecs.Length ? s_codecs[codec] : "", (attributes & BatchHead.ControlBit) != 0);
        Records += Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(_head.AsSpan(BatchHead.CountAt)));
        _toSkip = BatchHead.LengthEnd + (long)length - BatchHead.Length;
    }
}
