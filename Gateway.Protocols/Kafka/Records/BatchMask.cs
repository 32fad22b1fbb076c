using Gateway.Protocols.Masking;

namespace Gateway.Protocols.Kafka.Records;

/// <summary>
/// Masks the record batches of one partition. Of a batch that changes only records, length and checksum do, and its codec stays; control batches of a
/// broker, and those in which nothing is masked, pass as they came. What a broker cut off at the end of a Fetch is taken out: clients read on from there.
/// </summary>
public sealed class BatchMask(Masker masker, Limits limits)
{
    readonly RecordMask _records = new(masker);
    readonly PooledWriter _plain = new();
    readonly PooledWriter _masked = new();
    int _left;

    /// <summary>What is wrong, once a call was false. Names no content.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>A new frame: what its batches may decompress to, and what masking them may take, is counted anew.</summary>
    public void Begin()
    {
        _left = limits.KafkaMaskedRecords;
        masker.Begin(limits.MaskedOutput);
    }

    /// <summary>Appends the batches, masked. False where they are malformed or cannot be masked.</summary>
    public bool TryMask(ReadOnlySpan<byte> batches, MaskingPlan plan, Direction direction, PooledWriter target, out bool isChanged)
    {
        isChanged = false;
        try
        {
            while (!batches.IsEmpty)
            {
                if (!BatchHead.TryRead(batches, out var head, out var fault)) return Failed($"a record batch {fault}");
                if (head.Total == 0)
                {
                    isChanged = true;
                    return direction == Direction.ToClient || Failed("a record batch is cut short");
                }

                var batch = batches[..(int)head.Total];
                if (head.IsControl && direction == Direction.ToUpstream) return Failed("a record batch is a control batch, which only brokers make");
                if (!TryMaskBatch(batch, head, plan, target, ref isChanged)) return false;
                batches = batches[batch.Length..];
            }

            return true;
        }
        finally
        {
            _plain.LetGo();
            _masked.LetGo();
        }
    }

    bool TryMaskBatch(ReadOnlySpan<byte> batch, in BatchHead head, MaskingPlan plan, PooledWriter target, ref bool isChanged)
    {
        var records = batch[BatchHead.Length..];
        if (head.Count == 0 && !head.IsControl && !records.IsEmpty) return Failed("a record batch says it has no records, and brings some");
        if (head.IsControl || head.Count == 0)
        {
            target.Write(batch);
            return true;
        }

        if (head.Codec != RecordCodec.None)
        {
            _plain.Clear();
            var compression = masker.Compression ?? throw new InvalidOperationException("There is nothing that could decompress records.");
            if (!compression.TryDecompress(head.Codec, records, _left, _plain))
                return Failed($"a record batch is no {head.Codec} data, or the frame's are more than {limits.KafkaMaskedRecords} bytes");
            records = _plain.Span;
        }

        _left -= Math.Min(_left, records.Length);
        _masked.Clear();
        if (!_records.TryMask(records, head.Count, plan, _masked, out var isMasked)) return Failed(_records.Fault);
        if (isMasked) WriteAnew(batch, head.Codec, target);
        else target.Write(batch);
        isChanged |= isMasked;
        return true;
    }

    void WriteAnew(ReadOnlySpan<byte> batch, RecordCodec codec, PooledWriter target)
    {
        var start = target.Length;
        target.Write(batch[..BatchHead.Length]);
        if (codec == RecordCodec.None) target.Write(_masked.Span);
        else masker.Compression!.Compress(codec, _masked.Span, target);
        BatchHead.Seal(target.Written(start, target.Length - start));
    }

    bool Failed(string fault)
    {
        Fault = fault;
        return false;
    }
}
