using System.Globalization;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Specs.Support;

namespace Gateway.Specs.Kafka;

/// <summary>Messages made by an encoder that is not ours.</summary>
static class GoldenBodies
{
    /// <summary>Bodies of requests and responses.</summary>
    public static IReadOnlyList<GoldenBody> Messages { get; } =
        [.. Lines("bodies.hex").Where(l => !l[0].Contains('/', StringComparison.Ordinal)).Select(l => new GoldenBody(Layout(l[0], l[1]), Convert.FromHexString(l[2])))];

    /// <summary>Record batches, by how they are compressed or what they are of.</summary>
    public static IReadOnlyDictionary<string, byte[]> Batches { get; } =
        Lines("bodies.hex").Where(l => l[0].Contains('/', StringComparison.Ordinal)).ToDictionary(l => l[0].Split('/')[1], l => Convert.FromHexString(l[2]));

    /// <summary>Requests and responses with their length and header.</summary>
    public static IReadOnlyList<(GoldenBody Frame, int Header)> Frames { get; } =
        [.. Lines("frames.hex").Select(l => (new GoldenBody(Layout(l[0], l[1]), Convert.FromHexString(l[3])), int.Parse(l[2], CultureInfo.InvariantCulture)))];

    static IEnumerable<string[]> Lines(string file) =>
        File.ReadLines(Repository.File($"Gateway.Specs/Captures/kafka-bodies/{file}")).Where(line => !line.StartsWith('#')).Select(line => line.Split(' '));

    static MessageLayout Layout(string message, string version)
    {
        var isRequest = message.EndsWith("Request", StringComparison.Ordinal);
        var name = message[..^(isRequest ? "Request" : "Response").Length];
        var api = KafkaApi.All.Values.Single(a => a.Name == name);
        var number = short.Parse(version, CultureInfo.InvariantCulture);
        return isRequest ? api.Request(number) : api.Response(number);
    }
}

sealed record GoldenBody(MessageLayout Layout, byte[] Bytes);
