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
            answer.Add("Brokers").With("NodeId", 1L).With("Host", "localhost").With("Port", (long)Port);
            foreach (var topic in request.Structs("Topics"))
            {
                var id = (byte[])topic["TopicId"]!;
                var name = _topics.Where(known => known.Value.AsSpan().SequenceEqual(id)).Select(known => known.Key).FirstOrDefault();
                answer.Add("Topics").With("ErrorCode", name is null ? 100L : 0L).With("Name", name).With("TopicId", (object)id);
            }
        }

        return answer;
    }
}
