using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gateway.Benchmarks.Load;

/// <summary>A value of 1 KiB in Avro, in the format of Confluent's serializers, with 36 fields and a card in a record of its own.</summary>
static class AvroPayment
{
    public const int Id = 1;

    const int Fields = 36, TextLength = 26;

    static readonly string[] s_words = ["payment", "account", "invoice", "receipt", "balance", "deposit"];

    public static string Schema { get; } = Write();

    /// <summary>What a schema registry answers who asks for it.</summary>
    public static string Registered { get; } = JsonSerializer.Serialize(new { schema = Schema });

    public static byte[] Message(Random source)
    {
        var id = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(id, Id);
        List<byte> message = [0, .. id];
        for (var i = 0; i < Fields; i++)
        {
            message.Add(2);
            Add(string.Create(CultureInfo.InvariantCulture, $"{s_words[source.Next(s_words.Length)]} {source.Next():x8} of some field")[..TextLength]);
        }

        Add(string.Create(CultureInfo.InvariantCulture, $"4111{source.NextInt64(1_000_000_000_000):D12}"));
        message.Add(24);
        return [.. message];

        void Add(string text)
        {
            // A length below 64 is one byte.
            message.Add((byte)(2 * text.Length));
            message.AddRange(Encoding.ASCII.GetBytes(text));
        }
    }

    static string Write()
    {
        var fields = string.Join(',', Enumerable.Range(0, Fields).Select(i => $$"""{"name":"field{{i}}","type":["null","string"]}"""));
        const string Card = """{"name":"card","type":{"type":"record","name":"Card","fields":[{"name":"number","type":"string"},{"name":"month","type":"int"}]}}""";
        return $$"""{"type":"record","name":"Payment","fields":[{{fields}},{{Card}}]}""";
    }
}
