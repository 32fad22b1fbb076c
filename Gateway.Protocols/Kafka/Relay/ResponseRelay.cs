using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Relay;

/// <summary>What the broker answers. Whatever tells a broker's address tells the gateway's instead.</summary>
sealed class ResponseRelay(Limits limits, InFlight inFlight, Func<int, BrokerAddress?> addressOf) : FrameRelay(limits)
{
    readonly AddressRewriter _addresses = new(addressOf);
    ResponseHead _head;

    protected override long MostHeld => Limits.KafkaHeldResponse;

    protected override FrameFault ReadHead(ReadOnlySpan<byte> bytes, out FrameHead head)
    {
        head = default;
        Layout = inFlight.Next;
        if (Layout is null) return Malformed("a response comes that answers no request");
        var isRead = ResponseHead.TryRead(bytes, Layout, out _head);
        head = new FrameHead(_head.Length, _head.FrameLength);
        return isRead ? FrameFault.None : Malformed($"{Layout}: its header");
    }

    protected override FrameFault Open(ReadOnlySpan<byte> head, out FrameFate fate)
    {
        fate = Layout!.HasAddresses ? FrameFate.Hold : FrameFate.Stream;
        return _head.CorrelationId == inFlight.NextCorrelationId
            ? FrameFault.None
            : Malformed($"{Layout} answers request {_head.CorrelationId} instead of {inFlight.NextCorrelationId}");
    }

    protected override FrameFault Whole(ReadOnlySpan<byte> frame, int headLength, ref RelayedChunk chunk, RelayOutput output, out bool passes)
    {
        passes = false;
        if (!_addresses.TryRewrite(Layout!, frame, headLength, out var edits))
            return new(Refusal.UpstreamNodeUnknown, $"{Layout} names broker {_addresses.Unknown}, for which this connection has no address of its own");
        passes = edits.IsEmpty;
        if (passes) return FrameFault.None;
        chunk.Flush();
        edits.Write(frame, chunk.Target);
        return FrameFault.None;
    }

    protected override FrameFault Completed(ref RelayedChunk chunk)
    {
        inFlight.Came();
        while (inFlight.TakeAnswer() is { } answer) chunk.Insert(answer);
        return FrameFault.None;
    }

    protected override FrameFault Malformed(string detail) => new(Refusal.UpstreamFrameMalformed, detail);

    protected override FrameFault TooLarge(string detail) => new(Refusal.UpstreamFrameTooLarge, detail);
}
