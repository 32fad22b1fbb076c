using System.Buffers.Binary;
using System.Text;
using Gateway.Benchmarks.Load;
using Gateway.Protocols;
using Gateway.Protocols.Masking;
using Gateway.Protocols.Masking.Avro;

namespace Gateway.Benchmarks.Micro;

/// <summary>64 values of 1 KiB in Avro, each with 36 fields and a card in a record of its own.</summary>
sealed class AvroMessages : ISchemas
{
    const int Id = 1;
    const int Fields = 36;

    static readonly RegisteredSchema s_schema = RegisteredSchema.Of(Schema());

    public RegisteredSchema? Find(int id) => id == Id ? s_schema : null;

    public string WhyUnknown(int id) => "is not known";

    public static Action Masking(string path, bool isChanged)
    {
        var rule = new MaskingRule { Name = "cards", Action = new(MaskingKind.Redact) { Text = "***" }, AvroPaths = [JsonPath.TryParse(path, out _)!] };
        var masker = new Masker(MaskingRules.TryCreate([rule], static (_, _) => false)!, null) { Schemas = new AvroMessages() };
        var (message, target) = (Message(), new PooledWriter());
        var wanted = isChanged ? MaskedFate.Changed : MaskedFate.Same;
        return () =>
        {
            for (var i = 0; i < Dialogue.BlockBytes / 1024; i++)
            {
                masker.Begin(Limits.Default.MaskedOutput);
                if (masker.Value(masker.PlanOf(Direction.ToClient, "payments"u8)!, message, target).Fate != wanted)
                    throw new InvalidOperationException("The masker did not mask its own benchmark.");
                target.Clear();
            }
        };
    }

    static AvroSchema Schema()
    {
        var fields = string.Join(',', Enumerable.Range(0, Fields).Select(i => $$"""{"name":"field{{i}}","type":["null","string"]}"""));
        const string Card = """{"name":"card","type":{"type":"record","name":"Card","fields":[{"name":"number","type":"string"},{"name":"month","type":"int"}]}}""";
        return AvroSchema.TryRead([$$"""{"type":"record","name":"Payment","fields":[{{fields}},{{Card}}]}"""], out var problem) ?? throw new InvalidOperationException(problem);
    }

    static byte[] Message()
    {
        var id = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(id, Id);
        List<byte> message = [0, .. id];
        for (var i = 0; i < Fields; i++)
        {
            message.Add(2);
            Add($"value {i:D2} of some fields..."[..26]);
        }

        Add("4111111111111111");
        message.Add(24);
        return [.. message];

        void Add(string text)
        {
            // A length below 64 is one byte.
            message.Add((byte)(2 * text.Length));
            message.AddRange(Encoding.ASCII.GetBytes(text));
        }
    }
}
