using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>
/// Takes out of a request what the rules deny, whatever its API and version: every field that says in the schema what it needs is judged. An element
/// of a list is taken out alone where the response has a list that answers it; anything else that is denied denies the request.
/// </summary>
sealed class RequestJudge(KafkaRules rules, KafkaApi api, MessageLayout response, TopicIds topics)
{
    readonly EntityJudge _entities = new(rules, api, topics);
    readonly List<DeniedOperation> _denied = [];

    /// <summary>Judges a request, which is changed.</summary>
    public Judgement Judge(StructValue request)
    {
        var answer = new StructValue(response.Body);
        if ((_entities.OfApi() ?? _entities.Of(request) ?? Special(request, answer) ?? Lists(request, answer)) is not { } whole)
            return Rest(request, answer);
        _denied.Add(whole.Recorded);
        return new(null, DenialAnswers.Whole(request, response, whole.Error), _denied);
    }

    /// <summary>What is left of a request of which elements may have been taken out.</summary>
    Judgement Rest(StructValue request, StructValue answer)
    {
        if (_denied.Count == 0) return new(request, null, _denied);
        // Whoever asks for metadata wants to know of the brokers too.
        var asks = api.Key == ApiKeys.Metadata || request.Layout.Fields.Any(f => f.IsArray && IsJudged(f) && request.List(f.Name).Count > 0);
        return new(asks ? request : null, answer, _denied);
    }

    Denial? Special(StructValue request, StructValue answer)
    {
        if (api.Key == ApiKeys.Metadata) AutoCreation.Restrict(request, answer, rules, _denied);
        // An empty list is every topic there is, page by page: each page would tell the name that the next one begins with.
        return api.Key == ApiKeys.DescribeTopicPartitions && request.List("Topics").Count == 0
            ? new Denial(KafkaError.TopicAuthorizationFailed, KafkaOperation.Describe, "*")
            : null;
    }

    Denial? Lists(StructValue node, StructValue? answer)
    {
        foreach (var field in node.Layout.Fields)
        {
            if (!IsJudged(field) || node[field.Name] is not { } value) continue;
            var whole = value switch
            {
                StructValue inner => _entities.Of(inner) ?? Lists(inner, null),
                List<object?> list when field.Struct is null => Names(node, field, list, answer),
                List<object?> list => Elements(field, list, answer),
                _ => null,
            };
            if (whole is not null) return whole;
        }

        return null;
    }

    Denial? Names(StructValue node, FieldLayout field, List<object?> list, StructValue? answer)
    {
        var counterpart = answer is null ? null : Counterparts.Of(answer.Layout, field.Entity);
        Denial? whole = null;
        list.RemoveAll(name =>
        {
            if (whole is not null || _entities.Of(field, (byte[])name!, node) is not { } denial) return false;
            if (counterpart is null) whole = denial;
            else Answer(answer!, counterpart, denial, DenialAnswers.Element(counterpart, (byte[])name!, denial.Error));
            return counterpart is not null;
        });
        return whole;
    }

    Denial? Elements(FieldLayout field, List<object?> list, StructValue? answer)
    {
        var key = Counterparts.Key(field.Struct!);
        var counterpart = answer is null || key is null ? null : Counterparts.Of(answer.Layout, key.Entity);
        Denial? whole = null;
        list.RemoveAll(item =>
        {
            if (whole is not null) return false;
            var element = (StructValue)item!;
            var denial = _entities.Of(element);
            if (denial is null) whole = Inside(element, key is null ? answer : null, answer, counterpart);
            else if (counterpart is null) whole = denial;
            else Answer(answer!, counterpart, denial, DenialAnswers.Element(counterpart, element, denial.Error));
            return denial is not null && counterpart is not null;
        });
        return whole;
    }

    /// <summary>Lists within an element that is allowed itself.</summary>
    Denial? Inside(StructValue element, StructValue? unnamed, StructValue? answer, FieldLayout? counterpart)
    {
        if (counterpart is null) return Lists(element, unnamed);
        var before = _denied.Count;
        var alike = DenialAnswers.Alike(counterpart, element);
        var whole = Lists(element, alike);
        if (whole is null && _denied.Count > before) DenialAnswers.Append(answer!, counterpart, alike);
        return whole;
    }

    void Answer(StructValue answer, FieldLayout counterpart, Denial denial, StructValue entry)
    {
        _denied.Add(denial.Recorded);
        DenialAnswers.Append(answer, counterpart, entry);
    }

    static bool IsJudged(FieldLayout field) =>
        field.Struct is null ? field.IsArray && field.Needs > KafkaOperation.Nothing : field.Struct.Fields.Any(f => f.Needs > KafkaOperation.Nothing || IsJudged(f));
}
