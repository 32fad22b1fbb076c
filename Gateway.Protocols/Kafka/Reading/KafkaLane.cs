using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;
using Gateway.Protocols.Reading;

namespace Gateway.Protocols.Kafka.Reading;

/// <summary>One direction of a <see cref="KafkaReader"/>: holds a header until it is whole, and walks the body behind it as it comes.</summary>
sealed class KafkaLane(Direction direction, ReaderLimits limits, PendingRequests pending)
{
    /// <summary>How much is held at a time of a header that is not whole.</summary>
    const int Step = 64;

    readonly StreamWalk _walk = new();
    readonly FrameFacts _facts = new(limits);
    ArrayBufferWriter<byte> _head = new();
    DecodedOperation? _current;
    MessageLayout? _layout;
    int _correlationId;
    long _left;
    long _offset;
    string? _stopped;
    string? _fault;

    public void Read(long at, ReadOnlySpan<byte> bytes, List<DecodedOperation> into)
    {
        while (!bytes.IsEmpty)
        {
            if (_stopped is not null)
            {
                Unread(at, bytes, "", into);
                return;
            }

            bytes = _current is null ? Head(at, bytes, into) : Body(at, bytes, into);
        }
    }

    /// <summary>What began and did not end.</summary>
    public void Finish(long at, List<DecodedOperation> into)
    {
        if (_current is not null)
        {
            _fault ??= string.Create(CultureInfo.InvariantCulture, $"cut short, {_left} bytes are missing");
            _current = _current with { Length = _current.Length - _left };
            Complete(at, into);
        }
        else if (_head.WrittenCount > 0)
        {
            Unread(at, _head.WrittenSpan, "a frame begins here and does not end", into);
        }

        _head = new ArrayBufferWriter<byte>();
    }

    ReadOnlySpan<byte> Head(long at, ReadOnlySpan<byte> bytes, List<DecodedOperation> into)
    {
        // No more than a header lacks at the least belongs to it for certain: what is too much is given back.
        var taken = Math.Min(Step, bytes.Length);
        _head.Write(bytes[..taken]);
        if (!TryHead(_head.WrittenSpan, out var length, out var frame))
        {
            _stopped = "no Kafka frame begins here";
            Unread(at, _head.WrittenSpan, _stopped, into);
            _head = new ArrayBufferWriter<byte>();
            return bytes[taken..];
        }

        if (length == 0) return bytes[taken..];
        var rest = bytes[(taken - (_head.WrittenCount - length))..];
        _head.ResetWrittenCount();
        _current = _current! with { Offset = _offset, Length = frame };
        _left = frame - length;
        if (_layout is not null) _walk.Begin(_layout, _left, isExact: false);
        // A body without a byte is walked all the same.
        if (_left == 0) Walked(at, [], into);
        return rest;
    }

    /// <summary>Reads a header, and begins what it is of; its length is 0 where more has to come. False where there is none.</summary>
    bool TryHead(ReadOnlySpan<byte> bytes, out int length, out long frame)
    {
        (length, frame) = (0, 0);
        if (bytes.Length < sizeof(int)) return true;
        var size = BinaryPrimitives.ReadInt32BigEndian(bytes);
        if (size < 0 || size > Limits.Default.KafkaFrame || bytes.Length > Limits.Default.KafkaHeader) return false;
        if (size == 0)
        {
            // SASL before Kafka 1.0: a token without a header, which is recorded without what it said, and an answer that says nothing.
            Begin("SaslToken", null, 0, "");
            (length, frame) = (sizeof(int), sizeof(int));
            return true;
        }

        var isRead = direction == Direction.ToUpstream ? TryRequest(bytes, out length, out frame) : TryResponse(bytes, out length, out frame);
        return isRead && frame >= length;
    }

    bool TryRequest(ReadOnlySpan<byte> bytes, out int length, out long frame)
    {
        var isRead = RequestHead.TryRead(bytes, out var head);
        (length, frame) = (head.Length, head.FrameLength);
        if (!isRead || length == 0) return isRead;
        var api = KafkaApi.Find(head.Key);
        var layout = api is not null && api.Versions.Contains(head.Version) ? api.Request(head.Version) : null;
        var client = layout is null ? "" : System.Text.Encoding.UTF8.GetString(RequestHead.ClientId(bytes));
        Begin(
            api?.Name ?? string.Create(CultureInfo.InvariantCulture, $"API-{head.Key}"), layout, head.CorrelationId,
            string.Create(CultureInfo.InvariantCulture, $"v{head.Version}, id {head.CorrelationId}{(client.Length > 0 ? $", client {client}" : "")}"));
        return true;
    }

    bool TryResponse(ReadOnlySpan<byte> bytes, out int length, out long frame)
    {
        (length, frame) = (0, 0);
        if (bytes.Length < ResponseHead.Fixed) return true;
        var id = BinaryPrimitives.ReadInt32BigEndian(bytes[sizeof(int)..]);
        var layout = pending.Find(id);
        var head = new ResponseHead(BinaryPrimitives.ReadInt32BigEndian(bytes), id, ResponseHead.Fixed);
        if (layout is not null && !ResponseHead.TryRead(bytes, layout, out head)) return false;
        (length, frame) = (head.Length, head.FrameLength);
        if (length == 0) return true;
        if (layout is not null) pending.Came(id);
        Begin(
            layout?.Api ?? "Response", layout, id,
            layout is null
                ? string.Create(CultureInfo.InvariantCulture, $"id {id}, of a request that did not go on")
                : string.Create(CultureInfo.InvariantCulture, $"v{layout.Version}, id {id}"));
        return true;
    }

    void Begin(string name, MessageLayout? layout, int correlationId, string detail)
    {
        (_layout, _correlationId, _fault) = (layout, correlationId, null);
        _facts.Clear();
        _current = new DecodedOperation { Name = name, Direction = direction, Detail = detail };
    }

    ReadOnlySpan<byte> Body(long at, ReadOnlySpan<byte> bytes, List<DecodedOperation> into)
    {
        var length = (int)Math.Min(_left, bytes.Length);
        _left -= length;
        Walked(at, bytes[..length], into);
        return bytes[length..];
    }

    void Walked(long at, ReadOnlySpan<byte> part, List<DecodedOperation> into)
    {
        while (_layout is not null && _fault is null)
        {
            var before = part;
            var token = _walk.Next(ref part);
            if (token.Kind == BodyTokenKind.Malformed) _fault = _walk.Fault;
            if (token.Kind is BodyTokenKind.Malformed or BodyTokenKind.NeedMore or BodyTokenKind.End) break;
            _facts.See(token, token.Kind == BodyTokenKind.Content ? before[..token.Consumed] : default);
        }

        if (_left == 0) Complete(at, into);
    }

    void Complete(long at, List<DecodedOperation> into)
    {
        var current = _current!;
        if (_fault is null && direction == Direction.ToUpstream && _layout is not null && _facts.WantsResponse)
            pending.Add(_correlationId, KafkaApi.All[_layout.Key].Response(_layout.Version));
        string[] said = [current.Detail, .. _facts.Words(), _fault ?? ""];
        into.Add(current with
        {
            At = at,
            Resources = _facts.Names,
            Detail = string.Join(", ", said.Where(word => word.Length > 0)),
            Payload = _facts.Payload,
            PayloadLength = _facts.PayloadLength,
            IsUnread = _fault is not null,
        });
        _offset += current.Length;
        _current = null;
    }

    void Unread(long at, ReadOnlySpan<byte> bytes, string why, List<DecodedOperation> into)
    {
        into.Add(new DecodedOperation
        {
            At = at,
            Direction = direction,
            Offset = _offset,
            Length = bytes.Length,
            Name = DecodedOperation.Bytes,
            Detail = why,
            IsUnread = true,
            Payload = bytes[..Math.Min(bytes.Length, limits.Payload)].ToArray(),
            PayloadLength = bytes.Length,
        });
        _offset += bytes.Length;
    }
}
