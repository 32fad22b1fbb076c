using System.Buffers;
using System.Text;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Reading;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Redriving;
using Gateway.Protocols.Sasl;

namespace Gateway.Protocols.Kafka;

/// <summary>
/// Produces again what a client produced: each batch to its topic and partition, of no producer's sequence, acknowledged by all replicas. Records of
/// transactions, and whatever else the client asked, are not said again. A partition that another broker leads than the one that is spoken to refuses.
/// </summary>
public sealed class KafkaRedrive : Redrive
{
    /// <summary>Requests that await their answer at once. Origin: max.in.flight.requests.per.connection of Kafka's own producer.</summary>
    const int Window = 5;

    /// <summary>How long replicas have, in milliseconds. Origin: request.timeout.ms of Kafka's own producer.</summary>
    const long TimeoutMs = 30_000;

    /// <summary>The last Produce that names topics by their names.</summary>
    const short LastByName = 12;

    readonly RedrivenProduces _recorded = new();
    readonly RedrivenAnswers _answers = new();
    readonly List<RedrivenRecords> _read = [];
    byte[] _client = [];
    string? _token;
    int _correlationId;
    int _awaited;
    int _refused;
    short _version;
    bool _isReady;
    string? _ended;

    public override bool CanLogIn => _recorded.IsBegun;

    public override bool IsReady => _isReady && Ended is null;

    public override int Awaited => _awaited;

    public override int MostAwaited => Window;

    public override int Refused => _refused;

    public override int Skipped => _recorded.Skipped;

    public override string? Ended => _ended ?? _answers.Fault;

    public override void Read(long at, ReadOnlySpan<byte> recorded, List<RedrivenPart> into)
    {
        _read.Clear();
        _recorded.Read(recorded, _read);
        foreach (var records in _read) into.Add(new RedrivenPart(at, records.Records.Length, records));
    }

    /// <summary>ApiVersions v0, whose answer says which Produce may be used; then SASL PLAIN with the token as password.</summary>
    public override void LogIn(string? token, string clientName, IBufferWriter<byte> target)
    {
        (_token, _client) = (token, Encoding.UTF8.GetBytes(clientName));
        var layout = KafkaApi.All[ApiKeys.ApiVersions].Request(0);
        Ask(layout, new StructValue(layout.Body), target);
    }

    public override void Write(RedrivenPart part, IBufferWriter<byte> target)
    {
        var records = (RedrivenRecords)part.Content;
        var layout = KafkaApi.All[ApiKeys.Produce].Request(_version);
        var request = new StructValue(layout.Body).With("Acks", -1L).With("TimeoutMs", TimeoutMs);
        request.Add("TopicData").With("Name", (object)records.Topic).Add("PartitionData").With("Index", records.Partition).With("Records", (object)records.Records);
        _awaited++;
        Ask(layout, request, target);
    }

    public override void Receive(ReadOnlySpan<byte> received, IBufferWriter<byte> target)
    {
        foreach (var (layout, body) in _answers.Read(received))
        {
            if (layout.Key == ApiKeys.Produce) Produced(body);
            else LogInFurther(layout, body, target);
        }
    }

    void Produced(StructValue body)
    {
        _awaited--;
        if (body.Structs("Responses").SelectMany(t => t.Structs("PartitionResponses")).Any(p => p.Number("ErrorCode") != 0)) _refused++;
    }

    void LogInFurther(MessageLayout layout, StructValue body, IBufferWriter<byte> target)
    {
        if (body.Number("ErrorCode") != 0)
        {
            _ended ??= layout.Key == ApiKeys.SaslAuthenticate ? $"the login was refused: {body.Text("ErrorMessage")}" : $"{layout.Api} was refused";
            return;
        }

        if (layout.Key == ApiKeys.ApiVersions && !TryChoose(body)) _ended ??= "the other side lets nobody produce";
        else if (layout.Key == ApiKeys.ApiVersions && _token is not null) Handshake(target);
        else if (layout.Key == ApiKeys.SaslHandshake) Authenticate(target);
        else _isReady = true;
    }

    bool TryChoose(StructValue apiVersions)
    {
        if (ApiRanges.Of(apiVersions).Last(ApiKeys.Produce) is not { } last) return false;
        _version = Math.Min(last, LastByName);
        return true;
    }

    void Handshake(IBufferWriter<byte> target)
    {
        var layout = KafkaApi.All[ApiKeys.SaslHandshake].Request(1);
        Ask(layout, new StructValue(layout.Body).With("Mechanism", SaslMechanism.Plain.Word()), target);
    }

    void Authenticate(IBufferWriter<byte> target)
    {
        var layout = KafkaApi.All[ApiKeys.SaslAuthenticate].Request(1);
        Ask(layout, new StructValue(layout.Body).With("AuthBytes", SaslMessages.Plain("redrive", _token)), target);
        _token = null;
    }

    void Ask(MessageLayout layout, StructValue request, IBufferWriter<byte> target)
    {
        var id = ++_correlationId;
        target.Write(KafkaFrame.Request(layout, id, _client, request));
        _answers.Await(KafkaApi.All[layout.Key].Response(layout.Version), id);
    }
}
