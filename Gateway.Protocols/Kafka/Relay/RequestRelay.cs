using System.Buffers;
using Gateway.Protocols.Kafka.Login;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Relay;

/// <summary>What the client asks. A request of an API or a version that it was not told it may use ends the session: there is no shape to answer it in.</summary>
sealed class RequestRelay(Limits limits, ApiRanges ranges, KafkaLogin login, InFlight inFlight) : FrameRelay(limits)
{
    const int Brokers = 1;

    /// <summary>UNSUPPORTED_ENDPOINT_TYPE. KIP-919.</summary>
    const long UnsupportedEndpointType = 115;

    RequestHead _head;
    ClientProof? _proof;
    long _acks;
    long _endpointType;
    bool _isRenewing;
    bool _awaits;

    protected override long MostHeld => Limits.KafkaHeldRequest;

    /// <summary>The proof that came with the bytes just relayed, if one did. It is not kept.</summary>
    public ClientProof? TakeProof()
    {
        var proof = _proof;
        _proof = null;
        return proof;
    }

    /// <summary>The proof was accepted.</summary>
    public void Renewed(byte[] answer, IBufferWriter<byte> toClient)
    {
        _isRenewing = false;
        inFlight.Fill(answer, toClient);
    }

    protected override FrameFault ReadHead(ReadOnlySpan<byte> bytes, out FrameHead head)
    {
        var isRead = RequestHead.TryRead(bytes, out _head);
        head = new FrameHead(_head.Length, _head.FrameLength);
        return isRead ? FrameFault.None : new(Refusal.FrameMalformed, "the header of a request is malformed");
    }

    protected override FrameFault Open(ReadOnlySpan<byte> head, out FrameFate fate)
    {
        fate = _head.Key == ApiKeys.Produce ? FrameFate.Stream : FrameFate.Hold;
        (_acks, _endpointType, _awaits) = (-1, Brokers, true);
        if (_isRenewing) return new(Refusal.ProtocolViolated, "a request comes while the client's new proof is judged");
        var isAllowed = ranges.Allow(_head.Key, _head.Version);
        Layout = isAllowed ? KafkaApi.All[_head.Key].Request(_head.Version) : null;
        return isAllowed || _head.Key == ApiKeys.ApiVersions
            ? FrameFault.None
            : new(Refusal.ProtocolVersionUnsupported, $"{KafkaApi.Find(_head.Key)?.Name ?? $"API {_head.Key}"} v{_head.Version} is none that clients may use here");
    }

    protected override void Passing(in BodyToken token, ReadOnlySpan<byte> content)
    {
        if (token.Kind != BodyTokenKind.Value) return;
        if (token.Field!.Path == "Acks") _acks = token.Number;
        else if (token.Field.Path == "EndpointType") _endpointType = token.Number;
    }

    protected override FrameFault Whole(ReadOnlySpan<byte> frame, int headLength, ref RelayedChunk chunk, RelayOutput output, out bool passes)
    {
        passes = false;
        switch (_head.Key)
        {
            case ApiKeys.ApiVersions:
                return Answer(ranges.Answer(_head.Version, _head.CorrelationId), output);
            case ApiKeys.SaslHandshake when _head.Version > 0:
                return login.ReadHandshake(_head, frame, out var malformed) is { } answer ? Answer(answer, output) : Malformed(malformed);
            case ApiKeys.SaslHandshake:
                return new(Refusal.ProtocolViolated, "SaslHandshake v0 within a session");
            case ApiKeys.SaslAuthenticate:
                return Renew(frame);
            case ApiKeys.DescribeCluster when _endpointType != Brokers:
                return Answer(NoControllers(), output);
        }

        passes = true;
        return FrameFault.None;
    }

    // Acks 0: the client wants no response, and gets none.
    protected override FrameFault Completed(ref RelayedChunk chunk)
    {
        if (!_awaits || _head.Key == ApiKeys.Produce && _acks == 0) return FrameFault.None;
        return inFlight.TryAwait(KafkaApi.All[_head.Key].Response(_head.Version), _head.CorrelationId) ? FrameFault.None : TooMany();
    }

    protected override FrameFault Malformed(string detail) => new(Refusal.FrameMalformed, detail);

    protected override FrameFault TooLarge(string detail) => new(Refusal.FrameTooLarge, detail);

    FrameFault Answer(byte[] frame, RelayOutput output)
    {
        _awaits = false;
        return inFlight.TryAnswer(frame, output.ToClient) ? FrameFault.None : TooMany();
    }

    FrameFault Renew(ReadOnlySpan<byte> frame)
    {
        _awaits = false;
        var read = login.ReadAuthenticate(_head, frame);
        if (read.Refusal != Refusal.None) return new(read.Refusal, read.Detail);
        _proof = read.Proof;
        _isRenewing = true;
        return inFlight.TryReserve() ? FrameFault.None : TooMany();
    }

    byte[] NoControllers()
    {
        var layout = KafkaApi.All[ApiKeys.DescribeCluster].Response(_head.Version);
        var body = new StructValue(layout.Body).With("ErrorCode", UnsupportedEndpointType).With("ErrorMessage", "the gateway leads to brokers only");
        return KafkaFrame.Response(layout, _head.CorrelationId, body);
    }

    FrameFault TooMany() => new(Refusal.ProtocolViolated, $"more than {Limits.KafkaInFlight} requests await their responses");
}
