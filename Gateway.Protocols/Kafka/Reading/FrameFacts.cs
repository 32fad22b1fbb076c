using System.Buffers;
using System.Globalization;
using System.Text;
using Gateway.Protocols.Kafka.Rules;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;
using Gateway.Protocols.Kafka.Wire;
using Gateway.Protocols.Reading;

namespace Gateway.Protocols.Kafka.Reading;

/// <summary>What is told of a frame: gathered while its body is walked, by what the schema says of the fields, and bounded.</summary>
/// <param name="mostPayload">Bytes of what is carried that are kept.</param>
/// <param name="topics">Which topics ids stand for.</param>
/// <param name="isBelieved">Whether frames say which topics ids stand for: a broker's do.</param>
sealed class FrameFacts(int mostPayload, TopicIds topics, bool isBelieved)
{
    /// <summary>Names of one frame that are told, and places that something is said of. Origin: what somebody reads.</summary>
    const int MostNames = 64;
    const int MostPlaces = 16;
    const int LongestName = 512;

    /// <summary>Fields that are told of the partition that they are of.</summary>
    static readonly Dictionary<string, string> s_told = new()
    {
        ["FetchOffset"] = "from",
        ["BaseOffset"] = "at",
        ["CommittedOffset"] = "offset",
        ["Offset"] = "offset",
        ["LowWatermark"] = "from",
        ["EndOffset"] = "ends at",
    };

    readonly BatchHeads _batches = new();
    readonly ArrayBufferWriter<byte> _name = new();
    readonly List<string> _words = [];
    readonly List<string> _places = [];
    ArrayBufferWriter<byte> _payload = new();
    string _topic = "";
    string _last = "";
    Guid? _pairedId;
    bool _isPair;
    bool _isNamed;
    long _partition;
    int _more;

    public List<string> Names { get; private set; } = [];

    public long PayloadLength { get; private set; }

    public ReadOnlyMemory<byte> Payload => _payload.WrittenSpan.ToArray();

    /// <summary>False for a Produce that wants no response.</summary>
    public bool WantsResponse { get; private set; } = true;

    public void Clear()
    {
        Names = [];
        _words.Clear();
        _places.Clear();
        OperationLane.Empty(ref _payload);
        (_topic, _last, _partition, _more, PayloadLength, WantsResponse) = ("", "", 0, 0, 0, true);
    }

    /// <summary>A token; the bytes are those of a content, the id that of the last topic.</summary>
    public void See(in BodyToken token, ReadOnlySpan<byte> content, Guid id)
    {
        if (token.Field is not { } field) return;
        switch (token.Kind)
        {
            case BodyTokenKind.Enter:
                (_isPair, _isNamed, _pairedId) = (field.Struct!.PairsTopics, false, null);
                break;
            case BodyTokenKind.Value when field.Entity == EntityKind.TopicId:
                SeeId(id);
                break;
            case BodyTokenKind.Value:
                SeeNumber(field, token.Number);
                break;
            case BodyTokenKind.Length when field.Type == FieldType.Records:
                _batches.Clear();
                PayloadLength += Math.Max(0, token.Number);
                break;
            case BodyTokenKind.Content when field.Type == FieldType.Records:
                _batches.Feed(content);
                _payload.Write(content[..Math.Min(content.Length, mostPayload - _payload.WrittenCount)]);
                if (token.Number == 0) _words.Add(Records());
                break;
            case BodyTokenKind.Length when field.Type == FieldType.Text:
                _name.ResetWrittenCount();
                if (_isPair && field.Entity == EntityKind.Topic) SeeNameOfPair(token.Number);
                break;
            case BodyTokenKind.Content when field.Type == FieldType.Text && IsName(field):
                _name.Write(content[..Math.Min(content.Length, LongestName - _name.WrittenCount)]);
                if (token.Number == 0) SeeName(field);
                break;
            case BodyTokenKind.Leave when field.Struct is { } left && _words.Count > 0:
                if (left.Fields.Any(f => f is { IsArray: false, Entity: EntityKind.Partition })) Tell(Invariant($"{_topic}/{_partition}"));
                else if (Counterparts.Error(left) is not null) Tell(_last);
                break;
        }
    }

    /// <summary>All that was said, in a few words.</summary>
    public IEnumerable<string> Words()
    {
        foreach (var word in _words) yield return word;
        foreach (var place in _places) yield return place;
        if (_more > 0) yield return Invariant($"and of {_more} more");
    }

    void SeeNumber(FieldLayout field, long number)
    {
        if (field.Entity == EntityKind.Partition) _partition = number;
        else if (field.Entity == EntityKind.Error && number != 0) _words.Add(Error(number));
        else if (field.Path == "Acks") SeeAcks(number);
        else if (number >= 0 && s_told.TryGetValue(field.Name, out var word)) _words.Add(Invariant($"{word} {number}"));
    }

    void SeeAcks(long acks)
    {
        WantsResponse = acks != 0;
        _words.Add(Invariant($"acks {acks}"));
        Tell("");
    }

    // Where both a name and an id stand, the name is told, and for what follows the id is known by it.
    void SeeId(Guid id)
    {
        if (!_isPair) SeeTopic(id);
        else if (!_isNamed) _pairedId = id;
        else if (_last.Length > 0) Learn(id, Encoding.UTF8.GetBytes(_last));
        else SeeTopic(id);
    }

    void SeeNameOfPair(long length)
    {
        (_isNamed, _last) = (true, "");
        if (length <= 0 && _pairedId is { } id) SeeTopic(id);
    }

    // A client may say what it likes.
    void Learn(Guid id, ReadOnlySpan<byte> name)
    {
        if (isBelieved) topics.Learn(id, name);
    }

    /// <summary>By its name, or by its id where the recording does not tell its name before.</summary>
    void SeeTopic(Guid id)
    {
        if (id != Guid.Empty) SeeName(topics.Find(id) is { } name ? Encoding.UTF8.GetString(name) : id.ToString(), EntityKind.Topic);
    }

    void SeeName(FieldLayout field)
    {
        SeeName(Encoding.UTF8.GetString(_name.WrittenSpan), field.Entity);
        if (_isPair && field.Entity == EntityKind.Topic && _pairedId is { } id) Learn(id, _name.WrittenSpan);
    }

    void SeeName(string name, EntityKind entity)
    {
        _last = name;
        if (entity == EntityKind.Topic) _topic = _last;
        if (Names.Count < MostNames && !Names.Contains(_last)) Names.Add(_last);
    }

    void Tell(string place)
    {
        var words = string.Join(" ", _words);
        _words.Clear();
        if (_places.Count < MostPlaces) _places.Add(place.Length == 0 ? words : $"{place}: {words}");
        else _more++;
    }

    string Records()
    {
        var codec = _batches.Codec.Length == 0 ? "" : $" ({_batches.Codec})";
        var at = _batches.FirstOffset is { } first and > 0 ? Invariant($" at {first}") : "";
        return Invariant($"{_batches.Records} {(_batches.IsControl ? "control records" : _batches.Records == 1 ? "record" : "records")}{at}{codec}");
    }

    static bool IsName(FieldLayout field) => SchemaCheck.IsJudged(field.Entity) && field.Entity != EntityKind.TopicPattern;

    static string Error(long number) => Enum.IsDefined((KafkaError)number)
        ? Invariant($"error {number} ({((KafkaError)number).Word()})")
        : Invariant($"error {number}");

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
