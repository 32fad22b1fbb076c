using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Reading;

/// <summary>Records that a client produced to one partition, without what only meant something in its session.</summary>
sealed record RedrivenRecords(byte[] Topic, long Partition, byte[] Records);

/// <summary>The Produce requests of a recorded client, cut out of its bytes at whatever byte they end.</summary>
sealed class RedrivenProduces
{
    /// <summary>Bytes of a request that is held to be sent. Origin: producers' max.request.size is 1 MiB by default.</summary>
    const int MostHeld = 2 * 1024 * 1024;

    readonly PooledWriter _held = new();
    readonly MessageReader _reader = new();
    long _toSkip;

    /// <summary>Whether any request was read.</summary>
    public bool IsBegun { get; private set; }

    /// <summary>Requests and batches that cannot be said again: larger than what is held, of a transaction, or malformed.</summary>
    public int Skipped { get; private set; }

    public void Read(ReadOnlySpan<byte> bytes, List<RedrivenRecords> into)
    {
        while (!bytes.IsEmpty && _toSkip != long.MaxValue)
        {
            if (_toSkip > 0)
            {
                var skipped = (int)Math.Min(_toSkip, bytes.Length);
                _toSkip -= skipped;
                bytes = bytes[skipped..];
                continue;
            }

            var wanted = _held.Length < RequestHead.Fixed ? RequestHead.Fixed - _held.Length : FrameLength - _held.Length;
            // A token of SASL before Kafka 1.0 is recorded as a frame of nothing.
            if (_held.Length < sizeof(int)) wanted = sizeof(int) - _held.Length;
            var taken = (int)Math.Min(wanted, bytes.Length);
            _held.Write(bytes[..taken]);
            bytes = bytes[taken..];
            Next(into);
        }
    }

    long FrameLength => sizeof(int) + (long)BinaryPrimitives.ReadInt32BigEndian(_held.Span);

    void Next(List<RedrivenRecords> into)
    {
        if (_held.Length < sizeof(int)) return;
        var isProduce = _held.Length < RequestHead.Fixed || BinaryPrimitives.ReadInt16BigEndian(_held.Span[sizeof(int)..]) == ApiKeys.Produce;
        if (FrameLength < RequestHead.Fixed || FrameLength > Limits.Default.KafkaFrame)
        {
            // Nothing, or nothing that could be a request: then neither is what follows.
            if (FrameLength != sizeof(int)) (_toSkip, Skipped) = (long.MaxValue, Skipped + 1);
            _held.LetGo();
            return;
        }

        if (_held.Length < RequestHead.Fixed) return;
        IsBegun = true;
        if (!isProduce || FrameLength > MostHeld)
        {
            if (isProduce) Skipped++;
            _toSkip = FrameLength - _held.Length;
            _held.LetGo();
        }
        else if (_held.Length == FrameLength)
        {
            Whole(_held.Span, into);
            _held.LetGo();
        }
    }

    void Whole(ReadOnlySpan<byte> frame, List<RedrivenRecords> into)
    {
        var isRead = RequestHead.TryRead(frame, out var head) && head.Length > 0 && KafkaApi.All[ApiKeys.Produce].Versions.Contains(head.Version);
        var layout = isRead ? KafkaApi.All[ApiKeys.Produce].Request(head.Version) : null;
        var request = layout is null ? null : _reader.Read(layout, frame[head.Length..], Limits.Default.KafkaStructs);
        if (request is null || request.Structs("TopicData").Any(t => !t.Has("Name")))
        {
            Skipped++;
            return;
        }

        foreach (var topic in request.Structs("TopicData"))
        {
            foreach (var partition in topic.Structs("PartitionData"))
            {
                if (partition["Records"] is byte[] records && RedrivenBatch.TryRelease(records))
                    into.Add(new RedrivenRecords((byte[])topic["Name"]!, partition.Number("Index"), records));
                else Skipped++;
            }
        }
    }
}
