using System.Text.Json;
using Gateway.Actors.Record;
using Gateway.Benchmarks.Load;
using Gateway.Protocols;
using Gateway.Protocols.Masking;
using Xunit;

namespace Gateway.Specs.Benchmarks;

public sealed class KafkaLoadSpec
{
    [Fact]
    public void Batches_that_are_produced_one_after_the_other_compress_together_to_between_a_fifth_and_three_tenths()
    {
        foreach (var batches in new[] { KafkaDialogue.Batches(KafkaDialogue.JsonRecord), KafkaDialogue.Batches((source, _) => AvroPayment.Message(source)) })
        {
            // As much as a recording compresses at once, at its level.
            var together = batches.SelectMany(b => b).Take(ChunkDraft.Capacity).ToArray();
            var compressed = new byte[together.Length];

            var length = ChunkCodec.TryCompress(together, compressed);

            Assert.InRange((double)length / together.Length, 0.2, 0.3);
        }
    }

    [Fact]
    public void No_batch_is_like_another_and_all_are_as_long()
    {
        var batches = KafkaDialogue.Batches(KafkaDialogue.JsonRecord);

        Assert.Equal(Payload.Count, batches.DistinctBy(Convert.ToHexString).Count());
        Assert.Single(batches.DistinctBy(b => b.Length));
    }

    [Theory]
    [InlineData(Dialogue.MessageBytes)]
    [InlineData(1024)]
    public void A_record_is_JSON_of_the_length_that_is_asked_for_with_an_owner_that_a_rule_finds(int bytes)
    {
        var rule = new MaskingRule { Name = "owner", Action = new(MaskingKind.Redact), JsonPaths = [JsonPath.TryParse("$.owner", out _)!] };
        var masker = new Masker(MaskingRules.TryCreate([rule], static (_, _) => false)!, null);
        var record = JsonOrder.Of(new Random(1), 7, bytes);
        masker.Begin(Limits.Default.MaskedOutput);

        var masked = masker.Value(masker.PlanOf(Direction.ToUpstream, "readings"u8)!, record, new PooledWriter());

        Assert.Equal((bytes, MaskedFate.Changed), (record.Length, masked.Fate));
        using var read = JsonDocument.Parse(record);
        Assert.Equal(JsonValueKind.Array, read.RootElement.GetProperty("lines").ValueKind);
    }
}
