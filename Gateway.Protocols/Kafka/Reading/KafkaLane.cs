using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;
using Gateway.Protocols.Kafka.Wire;
using Gateway.Protocols.Reading;

namespace Gateway.Protocols.Kafka.Reading;

/// <summary>One direction of a <see cref="KafkaReader"/>: reads a header once it is whole, and walks the body behind it as it comes.</summary>
sealed class KafkaLane(Direction direction, ReaderLimits limits, PendingRequests pending, TopicIds topics) : OperationLane(direction, limits, "a frame")
{
    /// <summary>How much is held at a time of a header that is not whole.</summary>
    const int Step = 64;

    readonly StreamWalk _walk = new();
    readonly FrameFacts _facts = new(limits.Payload, topics, isBelieved: direction == Direction.ToClient);
    DecodedOperation? _read;
    MessageLayout? _layout;
    int _correlationId;
    string? _fault;

    protected override ReadOnlySpan<byte> ReadHead(long at, ReadOnlySpan<byte> bytes, List<DecodedOperation> into)
    {
        // No more than a header lacks at the least belongs to it for certain: what is too much is given back.
        var taken = Math.Min(Step, bytes.Length);
        Held.Write(bytes[..taken]);
        if (!TryHead(Held.WrittenSpan, out var length, out var frame))
        {
            Unread(at, Held.WrittenSpan, "no Kafka frame begins here", into);
            Stop();
            return bytes[taken..];
        }

        if (length == 0) return bytes[taken..];
        var rest = bytes[(taken - (Held.WrittenCount - length))..];
        var left = frame - length;
        Begin(_read!, frame, left);
        if (_layout is not null) _walk.Begin(_layout, left, isExact: false);
        if (left > 0) return rest;
        // A body without a byte is walked all the same.
        Pass([]);
        Complete(at, null, into);
        return rest;
    }

    /// <summary>Reads a header, and what it is of; its length is 0 where more has to come. False where there is none.</summary>
    bool TryHead(ReadOnlySpan<byte> bytes, out int length, out long frame)
    {
        (length, frame) = (0, 0);
        if (bytes.Length < sizeof(int)) return true;
        var size = BinaryPrimitives.ReadInt32BigEndian(bytes);
        if (size < 0 || size > Protocols.Limits.Default.KafkaFrame || bytes.Length > Protocols.Limits.Default.KafkaHeader) return false;
        if (size == 0)
        {
            // SASL before Kafka 1.0: a token without a header, which is recorded without what it said, and an answer that says nothing.
            Read("SaslToken", null, 0, "");
            (length, frame) = (sizeof(int), sizeof(int));
            return true;
        }

        var isRead = Direction == Direction.ToUpstream ? TryRequest(bytes, out length, out frame) : TryResponse(bytes, out length, out frame);
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
        Read(
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
        Read(
            layout?.Api ?? "Response", layout, id,
            layout is null
                ? string.Create(CultureInfo.InvariantCulture, $"id {id}, of a request that did not go on")
                : string.Create(CultureInfo.InvariantCulture, $"v{layout.Version}, id {id}"));
        return true;
    }

    void Read(string name, MessageLayout? layout, int correlationId, string detail)
    {
        (_layout, _correlationId, _fault) = (layout, correlationId, null);
        _read = new DecodedOperation { Name = name, Direction = Direction, Detail = detail };
    }

    protected override void Pass(ReadOnlySpan<byte> part)
    {
        while (_layout is not null && _fault is null)
        {
            var before = part;
            var token = _walk.Next(ref part);
            if (token.Kind == BodyTokenKind.Malformed) _fault = _walk.Fault;
            if (token.Kind is BodyTokenKind.Malformed or BodyTokenKind.NeedMore or BodyTokenKind.End) break;
            _facts.See(token, token.Kind == BodyTokenKind.Content ? before[..token.Consumed] : default, _walk.Uuid);
        }
    }

    protected override DecodedOperation Whole(DecodedOperation current, string? cut)
    {
        _fault ??= cut;
        if (_fault is null && Direction == Direction.ToUpstream && _layout is not null && _facts.WantsResponse)
            pending.Add(_correlationId, KafkaApi.All[_layout.Key].Response(_layout.Version));
        string[] said = [current.Detail, .. _facts.Words(), _fault ?? ""];
        var whole = current with
        {
            Resources = _facts.Names,
            Detail = string.Join(", ", said.Where(word => word.Length > 0)),
            Payload = _facts.Payload,
            PayloadLength = _facts.PayloadLength,
            IsUnread = _fault is not null,
        };
        _facts.Clear();
        return whole;
    }
}
