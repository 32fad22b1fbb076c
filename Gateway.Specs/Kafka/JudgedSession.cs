using System.Buffers;
using System.Buffers.Binary;
using Gateway.Protocols;
using Gateway.Protocols.Kafka;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;
using Gateway.Protocols.Kafka.Wire;
using Gateway.Protocols.Masking;
using Xunit;

namespace Gateway.Specs.Kafka;

/// <summary>A session of a client whose grant has rules, at a broker that speaks everything: one request and its response at a time.</summary>
sealed class JudgedSession
{
    const int MostStructs = 10_000;

    readonly KafkaConversation _conversation;
    readonly ArrayBufferWriter<byte> _toUpstream = new();
    readonly ArrayBufferWriter<byte> _toClient = new();
    readonly ArrayBufferWriter<byte> _own = new();
    readonly RelayOutput _output;
    int _correlationId;
    int _ownId;

    public JudgedSession(OperationRules rules, Masker? masker = null, TrafficLimits? traffic = null, TopicIds? topics = null)
    {
        _conversation = OpenedKafka.Of(rules, masker, traffic, topics);
        _output = new RelayOutput(_toUpstream, _toClient, _own);
    }

    /// <summary>What the last call ended the session by.</summary>
    public Refusal Refusal { get; private set; }

    public SeenOperations Seen => _conversation.Seen;

    public IReadOnlyList<DeniedOperation> Denied => _output.Denied;

    /// <summary>Why.</summary>
    public string? Detail { get; private set; }

    /// <summary>What the client calls itself.</summary>
    public string Client { get; init; } = "client";

    /// <summary>The bytes in which a peer's frames come at once; null: whole.</summary>
    public int? Chunk { get; init; }

    /// <summary>For how long the client is to be read no further, since it was asked last.</summary>
    public TimeSpan TakeMute()
    {
        var mute = _output.Mute;
        _output.Mute = TimeSpan.Zero;
        return mute;
    }

    /// <summary>The client asks. Yields what the broker gets, and what the client gets at once.</summary>
    public (StructValue? Forwarded, StructValue? Answer) Ask(MessageLayout layout, StructValue request, int mostStructs = MostStructs)
    {
        _output.Denied.Clear();
        var sent = Relay(Direction.ToUpstream, KafkaFrame.Request(layout, ++_correlationId, System.Text.Encoding.UTF8.GetBytes(Client), request));
        var answer = KafkaApi.All[layout.Key].Response(layout.Version);
        return (Body(layout, sent, mostStructs), Body(answer, _toClient.WrittenSpan.ToArray(), mostStructs));
    }

    /// <summary>The broker answers the last request. Yields what the client gets.</summary>
    public StructValue? Tell(MessageLayout layout, StructValue response) =>
        Body(layout, Relay(Direction.ToClient, KafkaFrame.Response(layout, _correlationId, response)));

    /// <summary>The broker answers an earlier request. Yields all that the client gets.</summary>
    public IReadOnlyList<(int CorrelationId, StructValue Body)> TellAll(MessageLayout layout, StructValue response, int to)
    {
        var (told, sent) = (new List<(int, StructValue)>(), Relay(Direction.ToClient, KafkaFrame.Response(layout, to, response)));
        for (var rest = sent.AsSpan(); !rest.IsEmpty;)
        {
            Assert.True(ResponseHead.TryRead(rest, layout, out var head));
            told.Add((head.CorrelationId, Read(layout, rest[head.Length..(int)head.FrameLength], MostStructs)));
            rest = rest[(int)head.FrameLength..];
        }

        return told;
    }

    /// <summary>The broker answers in chunks of so many bytes. Yields every byte that the client gets before the session ends.</summary>
    public byte[] Hear(MessageLayout layout, StructValue response, int chunk) =>
        [.. KafkaFrame.Response(layout, _correlationId, response).Chunk(chunk).TakeWhile(_ => Refusal == Refusal.None).SelectMany(part => Relay(Direction.ToClient, part))];

    /// <summary>What the gateway asks the broker for itself, which the session waits for; null: nothing.</summary>
    public StructValue? Asks(MessageLayout layout)
    {
        Assert.Equal(_own.WrittenCount > 0, _conversation.AwaitsUpstream);
        if (_own.WrittenCount == 0) return null;
        Assert.True(RequestHead.TryRead(_own.WrittenSpan, out var head));
        Assert.Equal((layout.Key, layout.Version, _own.WrittenCount), (head.Key, head.Version, (int)head.FrameLength));
        (_ownId, var asked) = (head.CorrelationId, Read(layout, _own.WrittenSpan[head.Length..], MostStructs));
        _own.Clear();
        return asked;
    }

    /// <summary>The broker answers that. Yields what it gets then, and what the client gets.</summary>
    public (StructValue? Forwarded, StructValue? Answer) AnswerOwn(MessageLayout layout, StructValue response, MessageLayout request)
    {
        _output.Denied.Clear();
        var told = Relay(Direction.ToClient, KafkaFrame.Response(layout, _ownId, response));
        return (Body(request, _toUpstream.WrittenSpan.ToArray()), Body(KafkaApi.All[request.Key].Response(request.Version), told));
    }

    /// <summary>The same, where several requests wait. Yields the correlation ids of those that the broker gets then.</summary>
    public IReadOnlyList<int> AnswerOwnAll(MessageLayout layout, StructValue response)
    {
        var ids = new List<int>();
        Relay(Direction.ToClient, KafkaFrame.Response(layout, _ownId, response));
        for (var rest = _toUpstream.WrittenSpan; !rest.IsEmpty; rest = rest[(sizeof(int) + BinaryPrimitives.ReadInt32BigEndian(rest))..])
            ids.Add(BinaryPrimitives.ReadInt32BigEndian(rest[8..]));
        return ids;
    }

    /// <summary>The schemas that what came in a direction waits for.</summary>
    public IReadOnlyCollection<int> Awaited(Direction direction) => _conversation.AwaitedSchemas(direction);

    /// <summary>They were asked for. Yields the frames that go on in that direction.</summary>
    public IReadOnlyList<byte[]> GoOn(Direction direction)
    {
        _output.Denied.Clear();
        _toUpstream.Clear();
        _toClient.Clear();
        var verdict = _conversation.GoOn(direction, _output);
        (Refusal, Detail) = (verdict.Refusal, verdict.Detail);
        var frames = new List<byte[]>();
        for (var rest = (direction == Direction.ToUpstream ? _toUpstream : _toClient).WrittenSpan; !rest.IsEmpty; rest = rest[frames[^1].Length..])
            frames.Add(rest[..(sizeof(int) + BinaryPrimitives.ReadInt32BigEndian(rest))].ToArray());
        return frames;
    }

    /// <summary>What the client got in the last call.</summary>
    public byte[] ToldClient => _toClient.WrittenSpan.ToArray();

    /// <summary>The body of a frame, whatever it answers.</summary>
    public static StructValue BodyOf(MessageLayout layout, byte[] frame)
    {
        var length = layout.IsRequest
            ? RequestHead.TryRead(frame, out var request) ? request.Length : 0
            : ResponseHead.TryRead(frame, layout, out var response) ? response.Length : 0;
        return Read(layout, frame.AsSpan(length), MostStructs);
    }

    byte[] Relay(Direction direction, byte[] frame)
    {
        _toUpstream.Clear();
        _toClient.Clear();
        foreach (var part in frame.Chunk(Chunk ?? frame.Length))
        {
            var verdict = _conversation.Relay(direction, part, _output);
            (Refusal, Detail) = (verdict.Refusal, verdict.Detail);
            if (verdict.Refusal != Refusal.None) return [];
            if (verdict.IsWhole) _output.Towards(direction).Write(part);
        }

        return direction == Direction.ToUpstream ? _toUpstream.WrittenSpan.ToArray() : _toClient.WrittenSpan.ToArray();
    }

    StructValue? Body(MessageLayout layout, byte[] frame, int mostStructs = MostStructs)
    {
        if (frame.Length == 0) return null;
        Assert.Equal(frame.Length - sizeof(int), BinaryPrimitives.ReadInt32BigEndian(frame));
        var head = layout.IsRequest
            ? RequestHead.TryRead(frame, out var request) ? (request.Length, request.CorrelationId) : default
            : ResponseHead.TryRead(frame, layout, out var response) ? (response.Length, response.CorrelationId) : default;
        Assert.Equal(_correlationId, head.CorrelationId);
        return Read(layout, frame.AsSpan(head.Length), mostStructs);
    }

    static StructValue Read(MessageLayout layout, ReadOnlySpan<byte> body, int mostStructs)
    {
        var reader = new MessageReader();
        return reader.Read(layout, body, mostStructs) ?? throw new InvalidDataException(reader.Fault);
    }
}
