using System.Buffers;
using System.Text;
using Gateway.Protocols.Kafka.Limiting;
using Gateway.Protocols.Kafka.Login;
using Gateway.Protocols.Kafka.Records;
using Gateway.Protocols.Kafka.Relay;
using Gateway.Protocols.Kafka.Rules;
using Gateway.Protocols.Kafka.Topics;
using Gateway.Protocols.Masking;
using Gateway.Protocols.Sasl;

namespace Gateway.Protocols.Kafka;

/// <summary>
/// The <c>kafka</c> protocol. The client logs in to the gateway by SASL, with a token as PLAIN password or as OAUTHBEARER, by SCRAM as an account, or
/// stands by its certificate; the gateway logs in to the broker with its own credentials. Then every request and response is walked, addresses of brokers
/// become the gateway's, what the rules deny is taken out, and records stream by unless
/// rules mask them.
/// </summary>
public sealed class KafkaConversation(Limits limits) : Conversation
{
    readonly InFlight _inFlight = new(limits);
    readonly Dictionary<int, BrokerAddress> _addresses = [];
    Circumstances? _circumstances;
    KafkaFacts? _facts;
    KafkaLogin? _login;
    GatewaySasl? _sasl;
    KafkaRules? _rules;
    Masker? _masker;
    TrafficLimits _traffic = new();
    SessionBounds? _bounds;
    string? _clientName;
    RequestRelay? _requests;
    ResponseRelay? _responses;
    UpstreamRenewal? _renewal;
    TopicLookup? _lookup;
    FrameMask? _produced;
    FrameMask? _consumed;

    public override int MaxLoginBytes => limits.Login;

    public override void Begin(Circumstances circumstances)
    {
        _circumstances = circumstances;
        _facts = circumstances.Upstream as KafkaFacts ?? throw new ArgumentException("Nothing is known of the upstream.", nameof(circumstances));
        _login = new KafkaLogin(limits, _facts.Ranges, new SaslOffer(circumstances.TakesTokens, circumstances.TakesAccounts));
    }

    public override LoginRead ReadLogin(ReadOnlySpan<byte> received, IBufferWriter<byte> toClient)
    {
        var read = Begun(_login).Read(received, toClient);
        if (read.Proof is { } proof) _clientName = proof.ClientName;
        return read;
    }

    public override Admission Admit(OperationRules rules, IBufferWriter<byte> record, IBufferWriter<byte> toClient)
    {
        var login = Begun(_login);
        login.WriteRecord(record);
        _bounds = new SessionBounds(_traffic, limits, Begun(_facts).Topics);
        // Where the login tells no name, the first request does.
        if (_clientName is not null && _bounds.ClientIds?.Admit(Encoding.UTF8.GetBytes(_clientName)) == false)
            return Admission.Refused(Refusal.OperationDenied, _bounds.ClientIds.Fault(Encoding.UTF8.GetBytes(_clientName)));
        if (!rules.AllowsEverything) _rules = KafkaRules.Of(rules);
        login.Accept(AccessLeft)?.Write(toClient);
        return Admission.Granted;
    }

    public override Refusal Answer(AccountAnswer answer, IBufferWriter<byte> toClient)
    {
        var asked = Begun(_login).Ask(answer);
        if (_requests is null) asked.Write(toClient);
        else _requests.Renewed(asked, toClient);
        return Refusal.None;
    }

    public override ReadOnlyMemory<byte> Recordable(ReadOnlyMemory<byte> answers) => Begun(_login).Recordable(answers);

    public override void Limit(TrafficLimits traffic) => _traffic = traffic;

    public override void Mask(Masker masker) => _masker = masker;

    public override void StartUpstreamLogin(UpstreamCredentials credentials, IBufferWriter<byte> toUpstream)
    {
        var (fetches, topics) = (new FetchSession(), Begun(_facts).Topics);
        var requestGate = _rules is null ? null : new RequestGate(_rules, fetches, topics, limits);
        var responseGate = _rules is null ? null : new ResponseGate(_rules, fetches, topics);
        _lookup = new TopicLookup(topics, _inFlight, Begun(_facts).Ranges.Last(ApiKeys.Metadata));
        var unknown = new UnknownTopics(topics, _lookup, isSifted: _rules is not null);
        var version = Begun(_facts).Ranges.UpstreamSasl;
        _renewal = new UpstreamRenewal(_inFlight, version);
        (_produced, _consumed) = (Mask(Direction.ToUpstream), Mask(Direction.ToClient));
        var bounds = Begun(_bounds);
        var bound = FetchBound.Of(_consumed is null ? null : limits.KafkaMaskedFetch, bounds.Throttle?.MostFetched);
        _requests = new RequestRelay(limits, Begun(_facts).Ranges, Begun(_login), _inFlight, requestGate, new RequestSight(Seen, _rules, topics), _produced, bound, bounds, topics, _lookup, unknown, _renewal);
        _responses = new ResponseRelay(limits, _inFlight, AddressOf, responseGate, _consumed, bounds.Throttle, topics, _lookup, _renewal);
        if (credentials.UserName is null) return;
        _sasl = new GatewaySasl(credentials, version);
        _sasl.Start(toUpstream);
    }

    public override UpstreamLoginRead ReadUpstreamLogin(ReadOnlySpan<byte> received, IBufferWriter<byte> toUpstream)
    {
        if (_sasl is null) return UpstreamLoginRead.Done(0);
        var read = _sasl.Read(received, toUpstream, limits.Login);
        if (!_sasl.IsDone) return read;
        _renewal!.Begun(_sasl.Lasts);
        // It holds the gateway's password, which nobody needs any more.
        _sasl = null;
        return UpstreamLoginRead.Done(read.Consumed);
    }

    public override RelayVerdict Relay(Direction direction, ReadOnlySpan<byte> input, RelayOutput output)
    {
        var waited = AwaitsUpstream;
        return Settle(RelayOf(direction).Relay(input, output, output.Towards(direction)), waited, output);
    }

    public override IReadOnlyCollection<int> AwaitedSchemas(Direction direction)
    {
        FrameRelay? relay = direction == Direction.ToUpstream ? _requests : _responses;
        return relay is { IsPostponed: true } ? (direction == Direction.ToUpstream ? _produced : _consumed)!.Missing : [];
    }

    public override RelayVerdict GoOn(Direction direction, RelayOutput output)
    {
        var waited = AwaitsUpstream;
        return Settle(RelayOf(direction).TakeUp(output, output.Towards(direction)), waited, output);
    }

    FrameRelay RelayOf(Direction direction) => direction == Direction.ToUpstream ? Begun(_requests) : Begun(_responses);

    RelayVerdict Settle(RelayVerdict verdict, bool waited, RelayOutput output)
    {
        if (waited && !AwaitsUpstream && verdict.Refusal == Refusal.None) verdict = _requests!.Resume(output, output.ToUpstream);
        BeginRenewal(output);
        if (_bounds!.Throttle?.TakeMute() is { Ticks: > 0 } mute) output.Mute = mute;
        if (_requests!.TakeProof() is { } proof) output.Proof = proof;
        if (_requests.TakeQuestion() is { } question) output.Question = question;
        return output.KeepRecordable(limits) ? verdict : RelayVerdict.Refuse(Refusal.OperationDenied, "more operations were denied at once than one record holds");
    }

    public override Refusal Renewed(IBufferWriter<byte> toClient)
    {
        Begun(_requests).Renewed(Begun(_login).Accept(AccessLeft)!.Value, toClient);
        return Refusal.None;
    }

    public override TimeSpan? UpstreamLasts => _renewal?.Lasts;

    public override int UpstreamLogins => _renewal?.Taken ?? 0;

    public override bool AwaitsUpstream => _renewal is { IsRunning: true } || _lookup is { IsRunning: true };

    public override void RenewUpstream(UpstreamCredentials credentials, RelayOutput output)
    {
        Begun(_renewal).Ask(credentials);
        BeginRenewal(output);
    }

    public override Refusal FinishDirection(Direction direction)
    {
        FrameRelay? relay = direction == Direction.ToUpstream ? _requests : _responses;
        if (relay is null || relay.IsBetweenFrames) return Refusal.None;
        return direction == Direction.ToUpstream ? Refusal.FrameMalformed : Refusal.UpstreamFrameMalformed;
    }

    /// <summary>Kafka has words for a login that is refused, and none for a session that ends.</summary>
    public override void Refuse(Refusal refusal, IBufferWriter<byte> toClient)
    {
        if (_responses is { IsBetweenFrames: false }) return;
        if (_login?.Refuse(refusal.IsUntold() ? RefusalFacts.NotAuthorized : refusal.Word()) is { } answer) toClient.Write(answer);
    }

    void BeginRenewal(RelayOutput output)
    {
        if (_renewal!.IsDue && _requests!.IsBetweenFrames && !_lookup!.IsRunning) _renewal.Begin(output.Own);
    }

    FrameMask? Mask(Direction direction) => _masker?.Rules.Concern(direction) == true ? new(direction, _masker, Begun(_facts).Topics, limits) : null;

    // One place leads to one broker: a cluster of several needs one for each.
    BrokerAddress? AddressOf(int node)
    {
        if (_addresses.TryGetValue(node, out var known)) return known;
        var here = _circumstances!;
        var place = here.PlaceOf is { } placeOf ? placeOf(node) : _facts!.Brokers.Count <= 1 ? (here.Host, here.Port) : null;
        return place is var (host, port) ? _addresses[node] = new BrokerAddress(host, port) : null;
    }

    static T Begun<T>(T? part)
        where T : class => part ?? throw new InvalidOperationException("The conversation is not that far yet.");
}
