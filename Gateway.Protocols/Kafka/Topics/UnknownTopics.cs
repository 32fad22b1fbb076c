using Gateway.Protocols.Kafka.Rules;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Topics;

/// <summary>The ids in one request of which nobody has told yet which topics they are, as it is walked.</summary>
/// <param name="topics">Those that were told.</param>
/// <param name="lookup">Asks for others.</param>
/// <param name="isSifted">Whether answers are told without the topics that may not be seen.</param>
sealed class UnknownTopics(TopicIds topics, TopicLookup lookup, bool isSifted)
{
    /// <summary>Ids that are asked for at once; those beyond are unknown. Origin: more topics than a client deals with at a time.</summary>
    const int Most = 4096;

    readonly HashSet<Guid> _ids = [];
    bool _isOfAll;

    public bool Any => _ids.Count > 0;

    public IReadOnlyCollection<Guid> Ids => _ids;

    /// <summary>A request begins.</summary>
    public void Begin()
    {
        if (_ids.Count > 0) _ids.Clear();
        _isOfAll = false;
    }

    /// <summary>A token of it; the id is that of the last topic.</summary>
    public void See(in BodyToken token, Guid id, MessageLayout layout)
    {
        if (token is { Kind: BodyTokenKind.Value, Field: { Entity: EntityKind.TopicId, Needs: > KafkaOperation.Nothing } })
        {
            if (id != Guid.Empty && _ids.Count < Most && topics.Find(id) is null) _ids.Add(id);
        }
        else if (token is { Kind: BodyTokenKind.Count, Number: < 0 } && layout.Key == ApiKeys.OffsetFetch && isSifted)
        {
            // The offsets of all topics of a group: what is not known of them would be left out of the answer.
            _isOfAll |= token.Field!.Struct?.Fields.Any(f => f.Entity == EntityKind.TopicId) == true;
        }
    }

    /// <summary>Asks for them; false where there are none, or where nobody can be asked.</summary>
    public bool Ask(RelayOutput output)
    {
        if (!Any && !_isOfAll || !lookup.IsPossible) return false;
        lookup.Ask(_isOfAll ? [] : _ids, output.Own);
        return true;
    }
}
