using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Specs.Support;

/// <summary>One broker that speaks every version there is, also those that name topics by their ids alone, and says what a spec scripts.</summary>
sealed class ScriptedKafka : IKafkaBrokers, IAsyncDisposable
{
    const short Metadata = 3;
    const short ApiVersions = 18;

    readonly TlsUpstream _front;
    readonly IReadOnlyDictionary<string, byte[]> _topics;
    readonly ConcurrentQueue<(MessageLayout Layout, StructValue Body)> _asked = [];

    public ScriptedKafka(X509Certificate2 certificate, IReadOnlyDictionary<string, byte[]> topics)
    {
        _topics = topics;
        _front = new TlsUpstream(certificate, ServeAsync);
    }

    public int Port => _front.Port;

    public string Password => "scripted password";

    /// <summary>What was asked, logins apart.</summary>
    public IReadOnlyList<(MessageLayout Layout, StructValue Body)> Asked => [.. _asked];

    /// <summary>What it says to what it has no answer of its own for; an answer that says nothing, unless a spec scripts it.</summary>
    public Action<StructValue, StructValue> Script { get; set; } = (_, _) => { };

    public IEnumerable<StructValue> Of(short key) => Asked.Where(one => one.Layout.Key == key).Select(one => one.Body);

    public ValueTask DisposeAsync() => _front.DisposeAsync();

    async Task ServeAsync(SslStream client)
    {
        var sasl = new KafkaSasl(new KafkaLoginRules(), KafkaCluster.UserName, Password);
        while (await KafkaWire.FrameAsync(client) is { } frame)
        {
            var (key, version) = (BinaryPrimitives.ReadInt16BigEndian(frame), BinaryPrimitives.ReadInt16BigEndian(frame.AsSpan(2)));
            if (key is KafkaSasl.Handshake or KafkaSasl.Authenticate)
            {
                await client.WriteAsync(KafkaWire.Framed(sasl.Read(frame).Answer));
                continue;
            }

            var (layout, response) = (KafkaApi.All[key].Request(version), KafkaApi.All[key].Response(version));
            var body = KafkaWire.Request(layout, frame);
            _asked.Enqueue((layout, body));
            await client.WriteAsync(KafkaFrame.Response(response, BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(4)), Answer(response, body)));
        }

        await client.ShutdownAsync();
    }

    StructValue Answer(MessageLayout response, StructValue request)
    {
        var answer = new StructValue(response.Body);
        if (response.Key == ApiVersions)
        {
            foreach (var api in KafkaApi.All.Keys) answer.Add("ApiKeys").With("ApiKey", (long)api).With("MinVersion", 0L).With("MaxVersion", api == KafkaSasl.Authenticate ? 1L : short.MaxValue);
        }
        else if (response.Key == Metadata)
        {
            Tell(answer, request["Topics"] is null ? null : request.Structs("Topics"));
        }
        else
        {
            Script(request, answer);
        }

        return answer;
    }

    /// <summary>Itself, and of the topics those that are asked for, by whatever they are named; all where they are null.</summary>
    void Tell(StructValue answer, IEnumerable<StructValue>? asked)
    {
        answer.WithAny("ControllerId", 1L).Add("Brokers").With("NodeId", 1L).With("Host", "localhost").With("Port", (long)Port);
        foreach (var (name, id) in asked?.Select(Find) ?? _topics.Select(topic => ((string?)topic.Key, topic.Value)))
        {
            var topic = answer.Add("Topics").With("ErrorCode", name is not null && _topics.ContainsKey(name) ? 0L : 100L).With("Name", name);
            topic.WithAny("TopicId", id);
        }
    }

    (string? Name, byte[] Id) Find(StructValue asked)
    {
        if (asked.Text("Name") is { } name) return (name, _topics.GetValueOrDefault(name, new byte[16]));
        var id = (byte[])asked["TopicId"]!;
        return (_topics.Where(known => known.Value.AsSpan().SequenceEqual(id)).Select(known => known.Key).FirstOrDefault(), id);
    }
}
