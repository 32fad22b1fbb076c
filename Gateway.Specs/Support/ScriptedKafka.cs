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

/// <summary>Frames of Kafka, as a peer that is a spec's own sends and takes them.</summary>
static class KafkaWire
{
    /// <summary>The next frame without its size; null where there is none.</summary>
    public static async Task<byte[]?> FrameAsync(Stream peer)
    {
        var size = new byte[4];
        if (await peer.ReadAtLeastAsync(size, size.Length, throwOnEndOfStream: false) < size.Length) return null;
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
        await peer.ReadExactlyAsync(frame);
        return frame;
    }

    public static byte[] Framed(byte[] frame) => [(byte)(frame.Length >> 24), (byte)(frame.Length >> 16), (byte)(frame.Length >> 8), (byte)frame.Length, .. frame];

    public static StructValue Request(MessageLayout layout, ReadOnlySpan<byte> frame)
    {
        var at = 10 + Math.Max(0, (int)BinaryPrimitives.ReadInt16BigEndian(frame[8..])) + (layout.IsFlexible ? 1 : 0);
        return Read(layout, frame[at..]);
    }

    static StructValue Read(MessageLayout layout, ReadOnlySpan<byte> body)
    {
        var reader = new MessageReader();
        return reader.Read(layout, body, 10_000) ?? throw new InvalidDataException($"{layout}: {reader.Fault}");
    }
}
