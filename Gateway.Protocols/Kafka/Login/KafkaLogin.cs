using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;
using Gateway.Protocols.Sasl;

namespace Gateway.Protocols.Kafka.Login;

/// <summary>
/// The client's login: <c>ApiVersions* SaslHandshake SaslAuthenticate+</c>, or after SaslHandshake v0 tokens without a header. All is answered
/// here; nothing of it reaches a broker. A client whose first other request comes before any of it stands by its certificate alone.
/// </summary>
sealed class KafkaLogin(Limits limits, ApiRanges ranges, SaslOffer offer)
{
    /// <summary>Frames of a login. Origin: clients ask for ApiVersions twice at most, and try a mechanism or two.</summary>
    const int MostFrames = 16;

    readonly ArrayBufferWriter<byte> _record = new();
    readonly MessageReader _reader = new();
    readonly SaidInLogin _said = new();
    PendingToken? _pending;
    SaslMechanism? _mechanism;
    ScramExchange? _scram;
    string? _unknown;
    bool _isRaw;
    int _frames;

    /// <summary>Reads what the client sends until it has proved itself.</summary>
    public LoginRead Read(ReadOnlySpan<byte> received, IBufferWriter<byte> toClient)
    {
        var consumed = 0;
        while (true)
        {
            var read = _isRaw ? ReadToken(received[consumed..]) : ReadFrame(received[consumed..], toClient);
            if (read.Refusal != Refusal.None) return read;
            consumed += read.Consumed;
            if (read.Proof is { } proof) return LoginRead.Complete(proof, consumed);
            if (read.Question is { } question) return LoginRead.Asks(question, consumed);
            if (read.Consumed == 0) return LoginRead.NeedMore(consumed);
        }
    }

    /// <summary>What the journal keeps of the login: the client's frames, tokens taken out.</summary>
    public void WriteRecord(IBufferWriter<byte> record)
    {
        record.Write(_record.WrittenSpan);
        _record.Clear();
    }

    /// <summary>What the journal keeps of what was answered: SCRAM's parts taken out.</summary>
    public ReadOnlyMemory<byte> Recordable(ReadOnlyMemory<byte> answers) => _said.Recordable(answers);

    /// <summary>The answer to a SaslHandshake: the client is about to prove itself, in its login or again (KIP-368). Null with a fault.</summary>
    public byte[]? ReadHandshake(in RequestHead head, ReadOnlySpan<byte> frame, out string fault)
    {
        (_mechanism, _scram) = (null, null);
        var body = Body(head, frame);
        fault = _reader.Fault;
        return body is null ? null : Handshake(head, body.Text("Mechanism"));
    }

    /// <summary>The proof in the SaslAuthenticate that follows it.</summary>
    public LoginRead ReadAuthenticate(in RequestHead head, ReadOnlySpan<byte> frame)
    {
        if (Body(head, frame) is not { } body) return LoginRead.Refused(Refusal.FrameMalformed, _reader.Fault);
        if (_mechanism is not { } mechanism) return LoginRead.Refused(Refusal.ProtocolViolated, "SaslAuthenticate comes without SaslHandshake");
        _pending = new PendingToken(head.Version, head.CorrelationId);
        return Proof(mechanism, (byte[])body["AuthBytes"]!, ClientName(frame), frame.Length);
    }

    /// <summary>Asks the client for its proof as an account.</summary>
    public SaslAnswer Ask(AccountAnswer account)
    {
        if (_scram is not { } scram || TakePending() is not { } pending) throw new InvalidOperationException("The client asked for nothing.");
        _unknown = account.Fault;
        return _said.Say(pending, scram.Ask(account.Verifier, ScramClient.NewNonce()));
    }

    /// <summary>Tells the client that its proof was accepted, and for how long. Null where it brought none.</summary>
    public SaslAnswer? Accept(TimeSpan? lasts)
    {
        if (TakePending() is not { } pending) return null;
        var answer = _said.Say(pending, _scram?.Signature ?? [], lasts is { } left ? Math.Max(1, (long)left.TotalMilliseconds) : 0);
        (_scram, _said.IsOver) = (null, true);
        return answer;
    }

    /// <summary>Tells the client that it is not let in, and no more than that; null where it does not wait for such an answer.</summary>
    public byte[]? Refuse(string word) => TakePending()?.Refusal(word);

    PendingToken? TakePending()
    {
        var pending = _pending;
        _pending = null;
        return pending;
    }

    LoginRead ReadFrame(ReadOnlySpan<byte> received, IBufferWriter<byte> toClient)
    {
        if (!RequestHead.TryRead(received, out var head)) return LoginRead.Refused(Refusal.FrameMalformed, "the header of a request is malformed");
        if (received.Length >= sizeof(int) && BinaryPrimitives.ReadInt32BigEndian(received) > limits.Login - sizeof(int))
            return IsOther(received) ? Certificate() : LoginRead.Refused(Refusal.FrameTooLarge, "a request exceeds the cap on a login");
        if (IsOther(received)) return Certificate();
        if (head.Length == 0 || received.Length < head.FrameLength) return LoginRead.NeedMore();
        if (KafkaApi.Find(head.Key) is null) return LoginRead.Refused(Refusal.ProtocolVersionUnsupported, $"API {head.Key} is unknown");
        if (++_frames > MostFrames) return LoginRead.Refused(Refusal.ProtocolViolated, $"the login takes more than {MostFrames} requests");
        var frame = received[..(int)head.FrameLength];
        return head.Key == ApiKeys.ApiVersions ? ApiVersions(head, frame, toClient) : Sasl(head, frame, toClient);
    }

    LoginRead ApiVersions(in RequestHead head, ReadOnlySpan<byte> frame, IBufferWriter<byte> toClient)
    {
        // A version that is newer than the gateway cannot be read, and need not be.
        if (KafkaApi.All[ApiKeys.ApiVersions].Versions.Contains(head.Version) && Body(head, frame) is null)
            return LoginRead.Refused(Refusal.FrameMalformed, _reader.Fault);
        _said.Say(ranges.Answer(head.Version, head.CorrelationId), toClient);
        _record.Write(frame);
        return LoginRead.NeedMore(frame.Length);
    }

    LoginRead Sasl(in RequestHead head, ReadOnlySpan<byte> frame, IBufferWriter<byte> toClient)
    {
        var api = KafkaApi.All[head.Key];
        if (!api.Versions.Contains(head.Version)) return LoginRead.Refused(Refusal.ProtocolVersionUnsupported, $"{api.Name} v{head.Version}");
        if (head.Key == ApiKeys.SaslAuthenticate)
        {
            var layout = api.Request(head.Version);
            _record.Write(KafkaFrame.Request(layout, head.CorrelationId, RequestHead.ClientId(frame), new StructValue(layout.Body)));
            return ReadAuthenticate(head, frame);
        }

        if (ReadHandshake(head, frame, out var fault) is not { } answer) return LoginRead.Refused(Refusal.FrameMalformed, fault);
        _said.Say(answer, toClient);
        _record.Write(frame);
        _isRaw = head.Version == 0 && _mechanism is not null;
        return LoginRead.NeedMore(frame.Length);
    }

    /// <summary><c>length(4) token</c>, what follows SaslHandshake v0: one, or what SCRAM takes.</summary>
    LoginRead ReadToken(ReadOnlySpan<byte> received)
    {
        if (received.Length < sizeof(int)) return LoginRead.NeedMore();
        var length = BinaryPrimitives.ReadUInt32BigEndian(received);
        if (length > limits.Login - sizeof(int)) return LoginRead.Refused(Refusal.FrameTooLarge, "a token exceeds the cap on a login");
        if (received.Length - sizeof(int) < length) return LoginRead.NeedMore();
        _record.Write(new byte[sizeof(int)]);
        _pending = new PendingToken(null, 0);
        var read = Proof(_mechanism!.Value, received.Slice(sizeof(int), (int)length), null, sizeof(int) + (int)length);
        _isRaw = read.Question is not null;
        return read;
    }

    LoginRead Proof(SaslMechanism mechanism, ReadOnlySpan<byte> token, string? clientName, int consumed)
    {
        if (_scram is null && ScramVerifier.All.Contains(mechanism))
        {
            _scram = ScramExchange.Begin(mechanism, token, out var malformed);
            return _scram is { } begun ? LoginRead.Asks(new AccountQuestion(begun.Name, mechanism), consumed) : LoginRead.Refused(Refusal.TokenMalformed, malformed);
        }

        _mechanism = null;
        return _scram is { } scram ? LoginRead.Complete(new(null, null, clientName) { Account = Finish(scram, token) }, consumed) : SaslProof.Read(mechanism, token, clientName, out var fault) is { } proof
            ? LoginRead.Complete(proof, consumed)
            : LoginRead.Refused(Refusal.TokenMalformed, fault);
    }

    /// <summary>Looked at whoever it is: what nobody knows takes as long as what somebody does not.</summary>
    AccountProof Finish(ScramExchange scram, ReadOnlySpan<byte> token)
    {
        var refusal = scram.Finish(token, out var detail);
        return _unknown is not null ? new(scram.Name, Refusal.AccountUnknown, _unknown) : new(scram.Name, refusal, detail);
    }

    byte[] Handshake(in RequestHead head, string? mechanism)
    {
        _mechanism = offer.Find(mechanism);
        var layout = KafkaApi.All[ApiKeys.SaslHandshake].Response(head.Version);
        var body = new StructValue(layout.Body)
            .With("ErrorCode", _mechanism is null ? (long)KafkaError.UnsupportedSaslMechanism : 0)
            .With("Mechanisms", offer.Mechanisms.Select(known => (object?)Encoding.UTF8.GetBytes(known.Word())).ToList());
        return KafkaFrame.Response(layout, head.CorrelationId, body);
    }

    StructValue? Body(in RequestHead head, ReadOnlySpan<byte> frame) =>
        _reader.Read(KafkaApi.All[head.Key].Request(head.Version), frame[head.Length..], limits.KafkaStructs);

    static LoginRead Certificate() => LoginRead.Complete(ClientProof.CertificateOnly, 0);

    static bool IsOther(ReadOnlySpan<byte> received) => received.Length >= RequestHead.Fixed
        && BinaryPrimitives.ReadInt16BigEndian(received[4..]) is not (ApiKeys.ApiVersions or ApiKeys.SaslHandshake or ApiKeys.SaslAuthenticate) and var key
        && KafkaApi.Find(key) is not null;

    static string? ClientName(ReadOnlySpan<byte> frame) =>
        RequestHead.ClientId(frame) is { IsEmpty: false } name ? Encoding.UTF8.GetString(name) : null;
}
