using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>
/// Judges what a client asks for. It looks on while a request is walked, which allocates nothing; only a request in which something may be denied is
/// read into memory and judged as a whole.
/// </summary>
sealed class RequestGate(KafkaRules rules, FetchSession session, TopicIds topics, Limits limits)
{
    /// <summary>A fetch that is denied in part begins no session and ends the one it is of. KIP-227: FINAL_EPOCH.</summary>
    const long NoSession = -1;

    readonly MessageReader _reader = new();
    KafkaApi? _api;
    bool _isSuspect;
    long _sessionId;
    long _sessionEpoch;

    public KafkaRules Rules => rules;

    /// <summary>A request begins.</summary>
    public void Begin(KafkaApi api)
    {
        (_api, _sessionId, _sessionEpoch) = (api, 0, NoSession);
        _isSuspect = api.Needs == KafkaOperation.Cluster;
    }

    /// <summary>A token of a request that is whole. The bytes are those of a content, the id that of the last topic.</summary>
    public void See(in BodyToken token, ReadOnlySpan<byte> content, Guid id)
    {
        if (token.Field is not { } field) return;
        if (token.Kind == BodyTokenKind.Value && _api!.Key == ApiKeys.Fetch) SeeSession(token);
        if (token.Kind == BodyTokenKind.Count && token.Number == 0 && _api!.Key == ApiKeys.DescribeTopicPartitions) _isSuspect = true;
        if (_isSuspect || field.Needs <= KafkaOperation.Nothing) return;
        _isSuspect = token.Kind switch
        {
            BodyTokenKind.Value => id != Guid.Empty && !(topics.Find(id) is { } name && rules.Allows(field.Needs, name)),
            BodyTokenKind.Length when token.Number <= 0 => field.Entity is EntityKind.Topic or EntityKind.Group || token.Number == 0,
            BodyTokenKind.Content => !IsAllowed(field, content),
            _ => false,
        };
    }

    /// <summary>Judges the request that was seen; null where nothing of it has to be judged, or a <paramref name="fault"/> says why it cannot be.</summary>
    public Judgement? Judge(MessageLayout layout, ReadOnlySpan<byte> body, out string? fault)
    {
        fault = null;
        var answer = KafkaApi.All[layout.Key].Response(layout.Version);
        // Sessions of others' are as good as forgotten: the client begins anew, and names what it wants.
        if (_sessionId != 0 && _sessionId != session.Known) return Forgotten(answer, []);
        if (!_isSuspect) return null;
        if (_reader.Read(layout, body, limits.KafkaStructs) is not { } request)
        {
            fault = _reader.Fault;
            return null;
        }

        var judged = new RequestJudge(rules, _api!, answer, topics).Judge(request);
        if (judged.Denied.Count == 0 || _api!.Key != ApiKeys.Fetch) return judged;
        if (_sessionEpoch > 0) return Forgotten(answer, judged.Denied);
        if (judged.Forward is { } rest) Bound(rest);
        session.Known = 0;
        return judged;
    }

    void SeeSession(in BodyToken token)
    {
        if (token.Field!.Path == "SessionId") _sessionId = token.Number;
        else if (token.Field.Path == "SessionEpoch") _sessionEpoch = token.Number;
    }

    // What a regular expression, a key or a resource stands for depends on what is beside it.
    bool IsAllowed(FieldLayout field, ReadOnlySpan<byte> name) =>
        field.Entity is EntityKind.Topic or EntityKind.Group or EntityKind.TransactionalId && rules.Allows(field.Needs, name)
        && (_api!.Key != ApiKeys.Metadata || rules.Allows(KafkaOperation.Create, name));

    /// <summary>Its answer is held, so that what was denied can be put into it.</summary>
    void Bound(StructValue fetch)
    {
        fetch.With("MaxBytes", Math.Min(fetch.Number("MaxBytes"), limits.KafkaHeldResponse / 2)).WithAny("SessionEpoch", NoSession);
    }

    Judgement Forgotten(MessageLayout response, IReadOnlyList<DeniedOperation> denied)
    {
        session.Known = 0;
        return new(null, new StructValue(response.Body).With("ErrorCode", (long)KafkaError.FetchSessionIdNotFound), denied);
    }
}
