using Gateway.Protocols;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Masking;
using Gateway.Specs.Masking;
using Xunit;
using static Gateway.Specs.Masking.AvroBench;

namespace Gateway.Specs.Kafka;

/// <summary>Frames whose records have schemas that nobody has told yet. All of their bytes are ASCII.</summary>
public sealed class KafkaAvroSpec
{
    const short Produce = 0;
    const short Fetch = 1;
    const string Schema = """{"type":"record","name":"R","fields":[{"name":"a","type":"string"},{"name":"n","type":"int"}]}""";
    const string Value = "\0\0\0\0\u0007\u0008four\u0002";
    const string Masked = "\0\0\0\0\u0007\u0002#\u0002";
    const string Unknown = "\0\0\0\0\u0009\u0002x\u0002";

    readonly Known _known = [];
    readonly List<(string Rule, long Count)> _counted = [];

    [Theory]
    [InlineData(null)]
    [InlineData(50)]
    public void A_produce_waits_for_its_schemas_and_what_comes_behind_it_waits_too(int? chunk)
    {
        var (session, layout) = (Begin(chunk), KafkaApi.All[Produce].Request(9));

        var (none, _) = session.Ask(layout, Produced(layout, Value, Value));
        Assert.Null(none);
        Assert.Equal([7], session.Awaited(Direction.ToUpstream));
        var (behind, _) = session.Ask(KafkaApi.All[3].Request(12), new StructValue(KafkaApi.All[3].Request(12).Body));
        Assert.Null(behind);
        Tell();
        var frames = session.GoOn(Direction.ToUpstream);

        Assert.Equal((2, Refusal.None, 0), (frames.Count, session.Refusal, session.Awaited(Direction.ToUpstream).Count));
        Assert.Equal(Batch(Masked, Masked), RecordsOf(layout, frames[0]));
        Assert.Equal([("fields", 2L)], _counted);
    }

    [Fact]
    public void A_fetch_waits_for_its_schemas_and_the_responses_behind_it_come_in_their_order()
    {
        var (session, api) = (Begin(), KafkaApi.All[Fetch]);
        session.Ask(api.Request(11), new StructValue(api.Request(11).Body));
        session.Ask(api.Request(11), new StructValue(api.Request(11).Body));

        Assert.Empty(session.TellAll(api.Response(11), Fetched(api.Response(11), Value), to: 1));
        Assert.Equal([7], session.Awaited(Direction.ToClient));
        Assert.Empty(session.TellAll(api.Response(11), Fetched(api.Response(11), "\0\0\0\0\u0007\u0002#\u0004"), to: 2));
        Tell();
        var frames = session.GoOn(Direction.ToClient);

        Assert.Equal([Batch(Masked), Batch("\0\0\0\0\u0007\u0002#\u0004")], frames.Select(f => RecordsOf(api.Response(11), f)));
    }

    [Fact]
    public void What_has_a_schema_that_is_not_to_be_had_is_refused_by_a_strict_rule_and_the_producer_is_told_why()
    {
        var (session, layout) = (Begin(), KafkaApi.All[Produce].Request(9));
        session.Ask(layout, Produced(layout, Value, Unknown));
        Assert.Equal([7, 9], session.Awaited(Direction.ToUpstream).Order());
        Tell();

        Assert.Empty(session.GoOn(Direction.ToUpstream));

        Assert.Equal([new DeniedOperation("produce", "pay")], session.Denied);
        Assert.Contains("rule fields is strict, and a payload cannot be read: its schema 9 is not known", System.Text.Encoding.UTF8.GetString(session.ToldClient), StringComparison.Ordinal);
    }

    [Fact]
    public void What_has_a_schema_that_is_not_to_be_had_passes_a_rule_that_is_not_strict()
    {
        var (session, layout) = (Begin(strict: false), KafkaApi.All[Produce].Request(9));
        Tell();
        session.Ask(layout, Produced(layout, Value, Unknown));
        Assert.Equal([9], session.Awaited(Direction.ToUpstream));

        Assert.Equal(Batch(Masked, Unknown), RecordsOf(layout, Assert.Single(session.GoOn(Direction.ToUpstream))));
        // Though the frame was looked at twice.
        Assert.Equal([("fields", 1L)], _counted);
    }

    [Fact]
    public void Keys_are_masked_by_paths_of_their_own()
    {
        var rule = AvroBench.Rule(MaskBench.Redact("#"), "$.a");
        var (session, layout) = (Begin(rules: rule with { AvroPaths = [], AvroKeyPaths = rule.AvroPaths }), KafkaApi.All[Produce].Request(9));
        Tell();
        var body = new StructValue(layout.Body).With("Acks", -1L);
        body.Add("TopicData").With("Name", "pay").Add("PartitionData").With("Records", Batches.Write(RecordCodec.None, 0, new Batches.Record(Value, Value)));

        var (forwarded, _) = session.Ask(layout, body);

        Assert.Equal(Batches.Write(RecordCodec.None, 0, new Batches.Record(Masked, Value)), Records(forwarded!));
    }

    [Fact]
    public void Behind_the_id_of_a_json_schema_json_is_masked_and_protobuf_is_not_read()
    {
        const string Json = "\0\0\0\0\u0007{\"a\":\"four\"}";
        _known[7] = RegisteredSchema.Json;
        _known[9] = RegisteredSchema.Unreadable("is of the type PROTOBUF, which is not read");
        var rule = MaskBench.Rule(MaskBench.Redact("#"), "$.a");
        var layout = KafkaApi.All[Produce].Request(9);

        foreach (var both in new[] { rule, rule with { AvroPaths = rule.JsonPaths }, MaskBench.Matching("four", MaskBench.Redact("#")) })
            Assert.Equal(Batch("\0\0\0\0\u0007{\"a\":\"#\"}"), Records(Begin(rules: both).Ask(layout, Produced(layout, Json)).Forwarded!));
        var avroOnly = Begin(rules: AvroBench.Rule(MaskBench.Redact("#"), "$.a"));
        Assert.Null(avroOnly.Ask(layout, Produced(layout, Json)).Forwarded);
        Assert.Null(avroOnly.Ask(layout, Produced(layout, Unknown)).Forwarded);
        Assert.Null(avroOnly.Ask(layout, Produced(layout, "{\"a\":1}")).Forwarded);
        Tell();
        Assert.Null(Begin(rules: rule with { AvroPaths = AvroBench.Rule(MaskBench.Stars, "$.b").AvroPaths, JsonPaths = [], Name = "avro" }, more: rule).Ask(layout, Produced(layout, Value)).Forwarded);
    }

    void Tell() => _known[7] = RegisteredSchema.Of(Read(Schema));

    JudgedSession Begin(int? chunk = null, bool strict = true, MaskingRule? rules = null, MaskingRule? more = null)
    {
        MaskingRule[] all = [rules ?? AvroBench.Rule(MaskBench.Redact("#"), "$.a") with { Strict = strict }, .. more is null ? [] : new[] { more }];
        return new(OperationRules.Everything, new Masker(MaskBench.Rules(all), null, (rule, count) => _counted.Add((rule, count))) { Schemas = _known }) { Chunk = chunk };
    }

    static byte[] Batch(params string[] values) => Batches.Write(RecordCodec.None, 0, [.. values.Select(v => new Batches.Record("k", v))]);

    static StructValue Produced(MessageLayout layout, params string[] values)
    {
        var body = new StructValue(layout.Body).With("Acks", -1L);
        body.Add("TopicData").With("Name", "pay").Add("PartitionData").With("Records", Batch(values));
        return body;
    }

    static StructValue Fetched(MessageLayout layout, params string[] values)
    {
        var body = new StructValue(layout.Body);
        body.Add("Responses").With("Topic", "pay").Add("Partitions").With("Records", Batch(values));
        return body;
    }

    static byte[] Records(StructValue body)
    {
        var isProduced = body.Has("TopicData");
        return (byte[])body.Structs(isProduced ? "TopicData" : "Responses").Single().Structs(isProduced ? "PartitionData" : "Partitions").Single()["Records"]!;
    }

    static byte[] RecordsOf(MessageLayout layout, byte[] frame) => Records(JudgedSession.BodyOf(layout, frame));
}
