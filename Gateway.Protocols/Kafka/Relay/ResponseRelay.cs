using System.Buffers;
using Gateway.Protocols.Kafka.Limiting;
using Gateway.Protocols.Kafka.Records;
using Gateway.Protocols.Kafka.Rules;
using Gateway.Protocols.Kafka.Topics;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Relay;

/// <summary>What the broker answers. Whatever tells a broker's address tells the gateway's instead.</summary>
/// <param name="limits">What may be held.</param>
/// <param name="inFlight">What the responses answer.</param>
/// <param name="addressOf">The gateway's address for a broker.</param>
/// <param name="gate">Null where everything is allowed.</param>
/// <param name="mask">Null where nothing that is consumed is masked.</param>
/// <param name="throttle">Null where the client has no rate.</param>
/// <param name="topics">Learns which topics ids stand for.</param>
/// <param name="lookup">What the gateway asked for itself to learn more of that.</param>
/// <param name="renewal">The gateway's own login, whose answers are nothing for the client.</param>
sealed class ResponseRelay(
    Limits limits,
    InFlight inFlight,
    Func<int, BrokerAddress?> addressOf,
    ResponseGate? gate,
    FrameMask? mask,
    Throttle? throttle,
    TopicIds topics,
    TopicLookup lookup,
    UpstreamRenewal renewal)
    : FrameRelay(limits)
{
    readonly AddressRewriter _addresses = new(addressOf);
    readonly BodyEdits _edits = new();
    readonly PooledWriter _masked = new();
    readonly ThrottleTime _throttleTime = new();
    ResponseHead _head;
    int _throttled;

    protected override long MostHeld => Limits.KafkaHeldResponse;

    protected override int? LeastFirst => _throttled > 0 ? _throttled : null;

    protected override FrameFault ReadHead(ReadOnlySpan<byte> bytes, out FrameHead head)
    {
        head = default;
        Layout = inFlight.Next;
        if (Layout is null) return Malformed("a response comes that answers no request");
        var isRead = ResponseHead.TryRead(bytes, Layout, out _head);
        // How long a Fetch is throttled stands first in its body.
        var isSeen = throttle is null || Layout.Key != ApiKeys.Fetch || bytes.Length >= Math.Min(_head.FrameLength, _head.Length + sizeof(int));
        head = isSeen ? new FrameHead(_head.Length, _head.FrameLength) : default;
        return isRead ? FrameFault.None : Malformed($"{Layout}: its header");
    }

    protected override FrameFault Open(ReadOnlySpan<byte> head, out FrameFate fate)
    {
        _throttled = inFlight.NextIsOwn || throttle is null ? 0 : throttle.Answered(Layout!.Key, _head.FrameLength);
        var isChanged = Layout!.HasAddresses || gate is not null && ResponseGate.Holds(Layout) || inFlight.NextDenied is not null
            || _throttled > 0 && Layout.Key != ApiKeys.Fetch;
        fate = isChanged || inFlight.NextIsOwn || mask is not null && mask.Concerns(Layout.Key) ? FrameFate.Hold : FrameFate.Stream;
        return _head.CorrelationId == inFlight.NextCorrelationId
            ? FrameFault.None
            : Malformed($"{Layout} answers request {_head.CorrelationId} instead of {inFlight.NextCorrelationId}");
    }

    protected override FrameFault Passing(in BodyToken token, ReadOnlySpan<byte> content)
    {
        if (gate is null || !ResponseGate.BringsRecords(Layout!.Key) || gate.See(token, content, PassingId, out var topic)) return FrameFault.None;
        return new(Refusal.OperationDenied, $"{Layout} brings records of '{topic}', which may not be consumed");
    }

    protected override FrameFault Whole(ReadOnlySpan<byte> frame, int headLength, ref RelayedChunk chunk, RelayOutput output, out bool passes)
    {
        passes = false;
        if (inFlight.NextIsOwn) return Own(frame, headLength, output);
        // Before anything is taken out of it.
        topics.LearnFrom(Layout!, frame, headLength);
        return GoOn(frame, headLength, wasAsked: false, ref chunk, output, out passes);
    }

    protected override FrameFault GoOn(ReadOnlySpan<byte> frame, int headLength, bool wasAsked, ref RelayedChunk chunk, RelayOutput output, out bool passes)
    {
        passes = false;
        if (mask is null || !mask.Concerns(Layout!.Key)) return Rewrite(frame, headLength, ref chunk, out passes);
        try
        {
            mask.Mask(Layout, frame, headLength, wasAsked, _masked);
            if (mask.Missing.Count > 0)
            {
                Postpone(frame, headLength);
                return FrameFault.None;
            }

            // The client is told by its partition's error; the record says of which topic.
            output.Denied.AddRange(mask.Refused.Select(refused => new DeniedOperation(MaskedWords.Consume, refused.Topic)));
            var isMasked = _masked.Length > 0;
            var fault = Rewrite(isMasked ? _masked.Span : frame, headLength, ref chunk, out passes);
            if (!passes || !isMasked) return fault;
            chunk.Insert(_masked.Span);
            passes = false;
            return fault;
        }
        finally
        {
            _masked.LetGo();
        }
    }

    FrameFault Own(ReadOnlySpan<byte> frame, int headLength, RelayOutput output)
    {
        if (!lookup.IsRunning) return renewal.Answered(frame[headLength..], Limits, output.Own);
        lookup.Answered(Layout!, frame, headLength);
        return FrameFault.None;
    }

    FrameFault Rewrite(ReadOnlySpan<byte> frame, int headLength, ref RelayedChunk chunk, out bool passes)
    {
        passes = false;
        _edits.Clear();
        if (Layout!.HasAddresses && !_addresses.TryRewrite(Layout, frame, headLength, _edits))
            return new(Refusal.UpstreamNodeUnknown, $"{Layout} names broker {_addresses.Unknown}, for which this connection has no address of its own");
        if (gate is not null && ResponseGate.Holds(Layout)) gate.Sift(Layout, frame, headLength, _edits);
        if (_throttled > 0) _throttleTime.Set(Layout, frame, headLength, _throttled, _edits);
        if (inFlight.NextDenied is { } denied) return Merge(frame, headLength, denied, ref chunk);
        passes = _edits.IsEmpty;
        if (passes) return FrameFault.None;
        chunk.Flush();
        _edits.Write(frame, chunk.Target);
        return FrameFault.None;
    }

    /// <summary>What the client may not see is taken out first: what it is told of what it was denied stays in.</summary>
    FrameFault Merge(ReadOnlySpan<byte> frame, int headLength, ReadOnlySpan<byte> denied, ref RelayedChunk chunk)
    {
        var edited = new ArrayBufferWriter<byte>(frame.Length);
        _edits.Write(frame, edited);
        if (AnswerMerge.Into(Layout!, edited.WrittenSpan, headLength, denied, Limits, out var detail) is not { } merged) return TooLarge(detail);
        chunk.Insert(merged);
        return FrameFault.None;
    }

    protected override FrameFault Completed(ref RelayedChunk chunk, RelayOutput output)
    {
        inFlight.Came();
        if (!inFlight.HasAnswer) return FrameFault.None;
        chunk.Flush();
        inFlight.WriteAnswers(chunk.Target);
        return FrameFault.None;
    }

    protected override FrameFault Malformed(string detail) => new(Refusal.UpstreamFrameMalformed, detail);

    protected override FrameFault TooLarge(string detail) => new(Refusal.UpstreamFrameTooLarge, detail);
}
