using Gateway.Benchmarks.Load;
using Gateway.Protocols;
using Gateway.Protocols.Masking;
using Gateway.Protocols.Masking.Avro;

namespace Gateway.Benchmarks.Micro;

/// <summary>Masks values of <see cref="AvroPayment"/>, 64 at a time.</summary>
sealed class AvroMessages : ISchemas
{
    static readonly RegisteredSchema s_schema = RegisteredSchema.Of(Schema());

    public RegisteredSchema? Find(int id) => id == AvroPayment.Id ? s_schema : null;

    public string WhyUnknown(int id) => "is not known";

    public static Action Masking(string path, bool isChanged)
    {
        var rule = new MaskingRule { Name = "cards", Action = new(MaskingKind.Redact) { Text = "***" }, AvroPaths = [JsonPath.TryParse(path, out _)!] };
        var masker = new Masker(MaskingRules.TryCreate([rule], static (_, _) => false)!, null) { Schemas = new AvroMessages() };
        var (message, target) = (AvroPayment.Message(new Random(2026)), new PooledWriter());
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

    static AvroSchema Schema() => AvroSchema.TryRead([AvroPayment.Schema], out var problem) ?? throw new InvalidOperationException(problem);
}
