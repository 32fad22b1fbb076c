using System.Buffers;
using Gateway.Protocols.Kafka.Limiting;
using Gateway.Protocols.Kafka.Login;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Records;
using Gateway.Protocols.Kafka.Rules;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;
using Gateway.Protocols.Kafka.Wire;
using Gateway.Protocols.Sasl;

namespace Gateway.Protocols.Kafka.Relay;

/// <summary>What the client asks. A request of an API or a version that it was not told it may use ends the session: there is no shape to answer it in.</summary>
/// <param name="limits">What may be held.</param>
/// <param name="ranges">What clients may use.</param>
/// <param name="login">Reads the proofs that a client brings within its session.</param>
/// <param name="inFlight">What awaits a response.</param>
/// <param name="gate">Null where everything is allowed.</param>
/// <param name="sight">Takes note of what is allowed.</param>
/// <param name="mask">Null where nothing that is produced is masked.</param>
/// <param name="bound">Null where a Fetch may ask for anything.</param>
/// <param name="bounds">What the client may ask for at most.</param>
/// <param name="topics">Which topics ids stand for.</param>
/// <param name="lookup">Asks for those that nobody has told yet.</param>
/// <param name="unknown">Those of a request.</param>
/// <param name="renewal">The gateway's own login, which no request may come in between.</param>
sealed class RequestRelay(
    Limits limits,
    ApiRanges ranges,
    KafkaLogin login,
    InFlight inFlight,
    RequestGate? gate,
    RequestSight sight,
    FrameMask? mask,
    FetchBound? bound,
    SessionBounds bounds,
    TopicIds topics,
    TopicLookup lookup,
    UnknownTopics unknown,
    UpstreamRenewal renewal)
    : FrameRelay(limits)
{
    const int Brokers = 1;

    /// <summary>UNSUPPORTED_ENDPOINT_TYPE. KIP-919.</summary>
    const long UnsupportedEndpointType = 115;

    RequestHead _head;
    ClientProof? _proof;
    AccountQuestion? _question;
    long _acks;
    long _endpointType;
    StructValue? _denied;
    readonly PooledWriter _changed = new();
    readonly ProducePeek _peek = new(gate?.Rules, topics, bounds.Batches?.Most);
    // What a ShareFetch brings is held whatever it is: addresses stand behind it.
    readonly FetchBound _held = FetchBound.Of(limits.KafkaMaskedFetch, bounds.Throttle?.MostFetched)!;
    FrameFate _produce;
    bool _isRenewing;
    bool _waits;
    bool _waited;
    bool _awaits;

    protected override long MostHeld => _head.Key == ApiKeys.Produce ? Limits.KafkaHeldProduce : Limits.KafkaHeldRequest;

    /// <summary>The proof that came with the bytes just relayed, if one did. It is not kept.</summary>
    public ClientProof? TakeProof()
    {
        var proof = _proof;
        _proof = null;
        return proof;
    }

    /// <summary>Whom the client begins to prove itself to be with the bytes just relayed, if it does.</summary>
    public AccountQuestion? TakeQuestion()
    {
        var question = _question;
        _question = null;
        return question;
    }

    /// <summary>The proof was accepted, or the client is asked for it: it is told so.</summary>
    public void Renewed(SaslAnswer answer, IBufferWriter<byte> toClient)
    {
        _isRenewing = false;
        inFlight.Fill(answer.Frame, answer.IsSecret, toClient);
    }

    protected override bool Pauses => renewal.IsDue || renewal.IsRunning || lookup.IsRunning;

    protected override FrameFault ReadHead(ReadOnlySpan<byte> bytes, out FrameHead head)
    {
        var isRead = RequestHead.TryRead(bytes, out _head);
        head = new FrameHead(_head.Length, _head.FrameLength);
        if (!isRead) return new(Refusal.FrameMalformed, "the header of a request is malformed");
        if (_head.Key == ApiKeys.Produce && _head.Length > 0 && !TryPeek(bytes)) head = default;
        return FrameFault.None;
    }

    /// <summary>Finds out what becomes of a Produce; false where more has to come before that is known.</summary>
    bool TryPeek(ReadOnlySpan<byte> bytes)
    {
        _produce = FrameFate.Stream;
        if (!ranges.Allow(_head.Key, _head.Version)) return true;
        var body = bytes[_head.Length..(int)Math.Min(bytes.Length, _head.FrameLength)];
        if (_peek.FateOf(KafkaApi.All[_head.Key].Request(_head.Version), body, _head.BodyLength) is not { } fate) return false;
        _produce = fate;
        return true;
    }

    protected override FrameFault Open(ReadOnlySpan<byte> head, out FrameFate fate)
    {
        fate = _head.Key != ApiKeys.Produce || _produce == FrameFate.Stream && mask is not null ? FrameFate.Hold : _produce;
        (_acks, _endpointType, _awaits, _denied) = (-1, Brokers, true, null);
        if (_isRenewing) return new(Refusal.ProtocolViolated, "a request comes while the client's new proof is judged");
        var isAllowed = ranges.Allow(_head.Key, _head.Version);
        if (isAllowed && bounds.ClientIds?.Admit(RequestHead.ClientId(head)) == false)
            return new(Refusal.OperationDenied, bounds.ClientIds.Fault(RequestHead.ClientId(head)));
        if (_head.Key == ApiKeys.Produce && !_waited) bounds.Throttle?.Produced(_head.FrameLength);
        unknown.Begin();
        Layout = isAllowed ? KafkaApi.All[_head.Key].Request(_head.Version) : null;
        if (isAllowed)
        {
            gate?.Begin(KafkaApi.All[_head.Key]);
            sight.Begin(KafkaApi.All[_head.Key]);
        }

        return isAllowed || _head.Key == ApiKeys.ApiVersions
            ? FrameFault.None
            : new(Refusal.ProtocolVersionUnsupported, $"{KafkaApi.Find(_head.Key)?.Name ?? $"API {_head.Key}"} v{_head.Version} is none that clients may use here");
    }

    protected override FrameFault Passing(in BodyToken token, ReadOnlySpan<byte> content)
    {
        // A Produce that streams was judged by its start.
        if (gate is not null && (_head.Key != ApiKeys.Produce || _produce == FrameFate.Hold)) gate.See(token, content, PassingId);
        unknown.See(token, PassingId, Layout!);
        sight.See(token, content, PassingId);
        if (token.Kind != BodyTokenKind.Value) return FrameFault.None;
        if (token.Field!.Path == "Acks") _acks = token.Number;
        else if (token.Field.Path == "EndpointType") _endpointType = token.Number;
        return FrameFault.None;
    }

    protected override FrameFault Whole(ReadOnlySpan<byte> frame, int headLength, ref RelayedChunk chunk, RelayOutput output, out bool passes)
    {
        passes = false;
        if (!_waited && unknown.Ask(output))
        {
            (_waits, _waited) = (true, true);
            ReadAgain(frame);
            return FrameFault.None;
        }

        var fault = Judge(frame, headLength, output, out passes, out var rest);
        if (rest is null && !passes) return fault;
        fault = Cap(rest ?? frame, headLength, output, ref passes, ref rest);
        if (rest is null) return passes ? GoOn(frame, headLength, wasAsked: false, ref chunk, output, out passes) : fault;
        fault = GoOn(rest, headLength, wasAsked: false, ref chunk, output, out var goesOn);
        if (goesOn) chunk.Insert(rest);
        return fault;
    }

    /// <summary>Takes out of a Produce what is too large; nothing goes on, where all of it is.</summary>
    FrameFault Cap(ReadOnlySpan<byte> frame, int headLength, RelayOutput output, ref bool passes, ref byte[]? rest)
    {
        if (_head.Key != ApiKeys.Produce || bounds.Batches?.IsExceeded(Layout!, frame, headLength) != true) return FrameFault.None;
        (passes, rest) = (false, null);
        if (bounds.Batches.Judge(Layout!, frame[headLength..], out var detail) is not { } judged) return TooLarge(detail);
        // What rules denied of it before is told beside.
        if (_denied is not null) AnswerMerge.Into(judged.Answer!, _denied);
        return Judged(judged, frame[..headLength], output, out rest);
    }

    /// <summary>What may go on is masked, or bounded: then it was inserted, and does not pass as it is.</summary>
    protected override FrameFault GoOn(ReadOnlySpan<byte> frame, int headLength, bool wasAsked, ref RelayedChunk chunk, RelayOutput output, out bool passes)
    {
        passes = false;
        try
        {
            if (mask is not null && mask.Concerns(_head.Key))
            {
                if (gate is null && unknown.Any) return Unknown(frame[headLength..], output);
                mask.Mask(Layout!, frame, headLength, wasAsked, _changed);
                if (mask.Missing.Count > 0)
                {
                    Postpone(frame, headLength);
                    return FrameFault.None;
                }

                if (mask.Refused.Count > 0) return Unmasked(mask.Refused, frame[headLength..], output);
            }
            else if ((_head.Key == ApiKeys.ShareFetch ? _held : _head.Key == ApiKeys.Fetch ? bound : null) is { } most)
            {
                most.Set(Layout!, frame, headLength, _changed);
            }

            passes = _changed.Length == 0;
            if (!passes) chunk.Insert(_changed.Span);
            return FrameFault.None;
        }
        finally
        {
            _changed.LetGo();
        }
    }

    /// <summary>Nothing of the request goes on: the client is told in Kafka's words, where it waits for any.</summary>
    FrameFault Unmasked(List<(string Topic, string Fault)> unmasked, ReadOnlySpan<byte> body, RelayOutput output)
    {
        var (topic, fault) = unmasked[0];
        output.Denied.AddRange(unmasked.Select(refused => new DeniedOperation(MaskedWords.Produce, refused.Topic)));
        if (_acks == 0) return new(Refusal.PayloadUnreadable, $"{topic}: {fault}");
        var answer = MaskedWords.Answer(Layout!, Response, body, fault, Limits);
        if (answer is null) return TooLarge("too many partitions in a Produce");
        if (_denied is not null) AnswerMerge.Into(answer, _denied);
        return Answer(answer, output);
    }

    /// <summary>
    /// Yields whether the request goes on as it is, or what of it goes on in its place; neither where it was answered, or ends the session.
    /// </summary>
    FrameFault Judge(ReadOnlySpan<byte> frame, int headLength, RelayOutput output, out bool passes, out byte[]? rest)
    {
        (passes, rest) = (false, null);
        string? fault = null;
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

        var judged = gate?.Judge(Layout!, frame[headLength..], out fault);
        if (judged is not null) return Judged(judged, frame[..headLength], output, out rest);
        passes = fault is null;
        return passes ? FrameFault.None : TooLarge(fault!);
    }

    FrameFault Judged(Judgement judged, ReadOnlySpan<byte> head, RelayOutput output, out byte[]? rest)
    {
        output.Denied.AddRange(judged.Denied);
        rest = judged.Forward is { } forward ? KafkaFrame.Again(head, forward) : null;
        if (rest is not null) _denied = judged.Answer;
        return rest is not null || WantsNoResponse
            ? FrameFault.None
            : Answer(judged.Answer!, output);
    }

    protected override FrameFault Completed(ref RelayedChunk chunk, RelayOutput output)
    {
        if (_waits)
        {
            _waits = false;
            return FrameFault.None;
        }

        _waited = false;
        if (WantsNoResponse) bounds.Throttle?.Unanswered();
        if (_awaits && _head.Key == ApiKeys.Produce && _produce == FrameFate.Drop) return Dropped(_peek.Dropped!, output);
        if (!_awaits || WantsNoResponse) return FrameFault.None;
        var denied = _denied is null ? null : MessageWriter.Body(_denied);
        return inFlight.TryAwait(Response, _head.CorrelationId, denied) ? FrameFault.None : TooMany();
    }

    /// <summary>Acks 0: the client wants no response, and gets none.</summary>
    bool WantsNoResponse => _head.Key == ApiKeys.Produce && _acks == 0;

    MessageLayout Response => KafkaApi.All[_head.Key].Response(_head.Version);

    protected override FrameFault Malformed(string detail) => new(Refusal.FrameMalformed, detail);

    protected override FrameFault TooLarge(string detail) => new(Refusal.FrameTooLarge, detail);

    /// <summary>A Produce that has to be masked goes nowhere where nobody knows what rules are for it.</summary>
    FrameFault Unknown(ReadOnlySpan<byte> body, RelayOutput output)
    {
        output.Denied.AddRange(unknown.Ids.Select(id => new DeniedOperation(MaskedWords.Produce, id.ToString())));
        if (WantsNoResponse) return FrameFault.None;
        var reader = new MessageReader();
        return reader.Read(Layout!, body, Limits.KafkaStructs) is { } request
            ? Answer(DenialAnswers.Whole(request, Response, KafkaError.UnknownTopicId), output)
            : TooLarge(reader.Fault);
    }

    FrameFault Dropped(DroppedBatch dropped, RelayOutput output)
    {
        output.Denied.Add(bounds.Batches!.Denied(Layout!, dropped));
        return dropped.Acks == 0 ? FrameFault.None : Answer(bounds.Batches.Answer(Layout!, dropped), output);
    }

    FrameFault Answer(StructValue body, RelayOutput output)
    {
        if (bounds.Throttle?.Answered(_head.Key, 0) is > 0 and var throttled) body.WithAny(ThrottleTime.Field, (long)throttled);
        return Answer(KafkaFrame.Response(Response, _head.CorrelationId, body), output);
    }

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
        (_proof, _question) = (read.Proof, read.Question);
        _isRenewing = true;
        return inFlight.TryReserve() ? FrameFault.None : TooMany();
    }

    byte[] NoControllers()
    {
        var layout = KafkaApi.All[ApiKeys.DescribeCluster].Response(_head.Version);
        var body = new StructValue(layout.Body).With("ErrorCode", UnsupportedEndpointType).With("ErrorMessage", "the gateway leads to brokers only");
        return KafkaFrame.Response(layout, _head.CorrelationId, body);
    }

    FrameFault TooMany() => new(
        Refusal.ProtocolViolated,
        $"more than {Limits.KafkaInFlight} requests await their responses, or more than {Limits.KafkaAnswers} bytes of the gateway's own");
}
