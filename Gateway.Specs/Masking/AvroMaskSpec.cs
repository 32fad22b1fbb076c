using Avro;
using Gateway.Protocols;
using Gateway.Protocols.Masking;
using Xunit;
using static Gateway.Specs.Masking.AvroBench;

namespace Gateway.Specs.Masking;

public sealed class AvroMaskSpec
{
    const string Payment = """
        {"type":"record","name":"Payment","namespace":"shop","fields":[
          {"name":"id","type":"long"},
          {"name":"card","type":{"type":"record","name":"Card","fields":[{"name":"number","type":"string"},{"name":"month","type":"int"}]}},
          {"name":"notes","type":{"type":"array","items":["null","string"]}},
          {"name":"labels","type":{"type":"map","values":"string"}},
          {"name":"refund","type":["null","Payment"],"default":null}]}
        """;

    [Theory]
    [InlineData("$.card.number", """{id:1,card:{number:"***",month:2},notes:["x",null],labels:<a:"A",b:"B">,refund:{id:3,card:{number:"42",month:4},notes:[],labels:<>,refund:null}}""")]
    [InlineData("$..number", """{id:1,card:{number:"***",month:2},notes:["x",null],labels:<a:"A",b:"B">,refund:{id:3,card:{number:"***",month:4},notes:[],labels:<>,refund:null}}""")]
    [InlineData("$.refund.card.number", """{id:1,card:{number:"41",month:2},notes:["x",null],labels:<a:"A",b:"B">,refund:{id:3,card:{number:"***",month:4},notes:[],labels:<>,refund:null}}""")]
    [InlineData("$.notes[*]", """{id:1,card:{number:"41",month:2},notes:["***",null],labels:<a:"A",b:"B">,refund:{id:3,card:{number:"42",month:4},notes:[],labels:<>,refund:null}}""")]
    [InlineData("$.labels.a", """{id:1,card:{number:"41",month:2},notes:["x",null],labels:<a:"***",b:"B">,refund:{id:3,card:{number:"42",month:4},notes:[],labels:<>,refund:null}}""")]
    [InlineData("$.labels[*]", """{id:1,card:{number:"41",month:2},notes:["x",null],labels:<a:"***",b:"***">,refund:{id:3,card:{number:"42",month:4},notes:[],labels:<>,refund:null}}""")]
    [InlineData("$.refund", """{id:1,card:{number:"41",month:2},notes:["x",null],labels:<a:"A",b:"B">,refund:null}""")]
    [InlineData("$.card", """{id:1,card:{number:"***",month:0},notes:["x",null],labels:<a:"A",b:"B">,refund:{id:3,card:{number:"42",month:4},notes:[],labels:<>,refund:null}}""")]
    [InlineData("$.absent", """{id:1,card:{number:"41",month:2},notes:["x",null],labels:<a:"A",b:"B">,refund:{id:3,card:{number:"42",month:4},notes:[],labels:<>,refund:null}}""")]
    public void What_a_path_selects_is_masked_through_records_unions_arrays_and_maps_and_all_else_stays(string path, string masked) =>
        Assert.Equal(masked, Show(Mask(Payment, Paid(), Rule(MaskBench.Redact("***"), path))));

    [Theory]
    [InlineData("\"boolean\"", true, "false")]
    [InlineData("\"int\"", 17, "0")]
    [InlineData("\"long\"", 17L, "0")]
    [InlineData("\"float\"", 1.5f, "0d")]
    [InlineData("\"double\"", 1.5, "0d")]
    [InlineData("\"string\"", "äbc", "\"***\"")]
    [InlineData("[\"null\",\"int\"]", 17, "null")]
    [InlineData("[\"int\",\"null\"]", 17, "null")]
    [InlineData("[\"null\",\"string\"]", "ab", "\"**\"")]
    [InlineData("[\"int\",\"string\"]", 17, "0")]
    public void What_cannot_hold_stars_is_null_where_it_may_be_and_the_zero_of_its_type_elsewhere(string type, object value, string masked) =>
        Assert.Equal($"{{v:{masked}}}", Show(Mask(Of(type), Filled(Of(type), ("v", value)), Rule(MaskBench.Stars, "$.v"))));

    [Fact]
    public void Enums_and_fixed_bytes_and_logical_types_stay_values_of_their_types()
    {
        var uuid = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
        var symbols = """{"type":"enum","name":"E","symbols":["A","B","HIDDEN"]}""";
        var @fixed = """{"type":"fixed","name":"F","size":3}""";

        Assert.Equal("{v:A}", Raw(symbols, [2], MaskBench.Stars));
        Assert.Equal("{v:HIDDEN}", Raw(symbols, [2], MaskBench.Redact("HIDDEN")));
        Assert.Equal("{v:f000000}", Raw(@fixed, [1, 2, 3], MaskBench.Stars));
        Assert.Equal("02-00", Bytes("""{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}""", [6, 1, 2, 3], MaskBench.Stars));
        Assert.Equal("06-02-00-00", Bytes("""{"type":"bytes","logicalType":"big-decimal"}""", [8, 4, 1, 2, 4], MaskBench.Stars));
        Assert.Equal("00000000-0000-0000-0000-000000000000", Uuid(MaskBench.Stars));
        Assert.Equal("00000000-0000-0000-0000-0000c91e6bf6", Uuid(new(MaskingKind.Partial) { KeepLast = 8 }));
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", Uuid(new(MaskingKind.Token)));

        string Uuid(MaskingAction action) => System.Text.Encoding.ASCII.GetString(
            Changed("""{"type":"string","logicalType":"uuid"}""", [72, .. System.Text.Encoding.ASCII.GetBytes(uuid)], action)[1..]);
        string Bytes(string type, byte[] value, MaskingAction action) => BitConverter.ToString(Changed(type, value, action));
        string Raw(string type, byte[] value, MaskingAction action) => Show(Decode(Of(type), Changed(type, value, action)));
    }

    [Fact]
    public void The_same_uuid_gives_the_same_token_as_text_and_as_bytes_and_a_token_stays()
    {
        var id = new Guid("f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
        var (text, bytes) = ("""{"type":"string","logicalType":"uuid"}""", """{"type":"fixed","name":"U","size":16,"logicalType":"uuid"}""");
        byte[] Text(string uuid) => [72, .. System.Text.Encoding.ASCII.GetBytes(uuid)];

        var token = Changed(text, Text(id.ToString()), new(MaskingKind.Token));

        Assert.Equal(token, Changed(text, Text(id.ToString().ToUpperInvariant()), new(MaskingKind.Token)));
        Assert.Equal(Guid.Parse(System.Text.Encoding.ASCII.GetString(token[1..])).ToByteArray(bigEndian: true), Changed(bytes, id.ToByteArray(bigEndian: true), new(MaskingKind.Token)));
        Assert.Equal(MaskedFate.Same, Mask(Begin(Of(text), Rule(new(MaskingKind.Token), "$.v")), Framed(token)).Fate.Fate);
        Assert.Equal(Text(Guid.Empty.ToString()), Changed(text, Text("no uuid, of as many characters at all"[..36]), new(MaskingKind.Token)));
    }

    [Theory]
    [InlineData("\"string\"")]
    [InlineData("\"bytes\"")]
    public void Texts_and_bytes_take_every_action_and_what_is_masked_already_stays(string type)
    {
        byte[] number = [32, .. "4111111111111111"u8];
        var key = MaskingKey.Of(MaskBench.Secret)!;

        Assert.Equal("************1111", Masked(new(MaskingKind.Partial) { KeepLast = 4 }));
        Assert.Equal(key.Token("4111111111111111"u8), Masked(new(MaskingKind.Token)));
        Assert.Equal("4111111111111111"u8.ToArray(), key.Decrypt(Masked(new(MaskingKind.Encrypt))));
        Assert.Equal("X", Masked(MaskBench.Redact("X")));
        var token = Changed(Of(type), number, new(MaskingKind.Token));
        Assert.Equal(MaskedFate.Same, Mask(Begin(Of(type), Rule(new(MaskingKind.Token), "$.v")), Framed(token)).Fate.Fate);

        string Masked(MaskingAction action)
        {
            var (bytes, at) = (Changed(type, number, action), 0);
            while (bytes[at++] >= 0x80) { }
            return System.Text.Encoding.UTF8.GetString(bytes[at..]);
        }
    }

    [Theory]
    [InlineData("int", MaskingKind.Token, "rule fields selects a value of type int, which can hold no token: let it name strings, bytes and UUIDs only, or redact")]
    [InlineData("long", MaskingKind.Encrypt, "rule fields selects a value of type long, which can hold no encrypted field: let it name strings and bytes only, or redact")]
    [InlineData("string", MaskingKind.Drop, "rule fields drops the field v, which has neither null among its types nor a default: let it redact")]
    public void What_a_type_cannot_hold_is_refused_whatever_the_content_is_to_be(string type, MaskingKind kind, string detail)
    {
        foreach (var strict in new[] { true, false })
        {
            var masker = Begin(Of($"\"{type}\""), Rule(new(kind), "$.v") with { Strict = strict });

            Assert.Equal($"in schema 7, {detail}", Mask(masker, Framed([2, 65])).Fate.Detail);
        }
    }

    [Fact]
    public void A_field_that_is_dropped_is_null_or_has_its_default_and_entries_and_elements_go()
    {
        const string Schema = """
            {"type":"record","name":"R","fields":[
              {"name":"a","type":["string","null"],"default":"x"},
              {"name":"b","type":{"type":"record","name":"B","fields":[{"name":"n","type":"int"},{"name":"s","type":["null","string"],"default":null}]},"default":{"n":5}},
              {"name":"c","type":{"type":"array","items":"int"}},
              {"name":"d","type":{"type":"map","values":"int"}},
              {"name":"e","type":"double","default":1.5},
              {"name":"f","type":{"type":"array","items":"int"},"default":[7,8]}]}
            """;
        var inner = ((RecordSchema)Avro.Schema.Parse(Schema))["b"].Schema;
        var b = new Avro.Generic.GenericRecord((RecordSchema)inner);
        b.Add("n", 1);
        b.Add("s", "y");
        var value = Filled(Schema, ("a", "A"), ("b", b), ("c", new object[] { 1, 2 }), ("d", new Dictionary<string, object> { ["k"] = 1, ["l"] = 2, ["m"] = 3 }), ("e", 2.5), ("f", Array.Empty<object>()));

        Assert.Equal(
            "{a:null,b:{n:5,s:null},c:[],d:<k:1,m:3>,e:1.5d,f:[7,8]}",
            Show(Mask(Schema, value, Rule(new(MaskingKind.Drop), "$.a", "$.b", "$.c[*]", "$.d.l", "$.e", "$.f"))));
        Assert.Equal(
            "{a:\"A\",b:{n:1,s:\"y\"},c:[1,2],d:<>,e:2.5d,f:[]}",
            Show(Mask(Schema, value, Rule(new(MaskingKind.Drop), "$.d[*]"))));
    }

    [Fact]
    public void Where_no_entry_of_a_map_is_to_go_it_stays_byte_for_byte_and_others_within_one_that_loses_some_are_masked()
    {
        const string Schema = """{"type":"map","values":{"type":"map","values":"string"}}""";
        // One block of one entry, that says its bytes.
        byte[] kept = [1, 16, 2, 97, 2, 2, 98, 2, 65, 0, 0];
        var rules = new[] { Rule(new(MaskingKind.Drop), "$.x"), Rule(MaskBench.Redact("#"), "$..b") with { Name = "second" } };

        Assert.Equal(MaskedFate.Same, Mask(Begin(Schema, rules[0]), Framed(kept)).Fate.Fate);
        var (_, masked) = Mask(Begin(Schema, rules), Framed([4, 2, 97, 2, 2, 98, 4, 65, 65, 0, 2, 120, 2, 2, 98, 2, 65, 0, 0]));

        Assert.Equal("<a:<b:\"#\">>", Show(Decode(Schema, masked[5..])));
    }

    [Fact]
    public void Detectors_run_over_every_string_and_every_key_of_a_map_and_over_no_number()
    {
        const string Schema = """
            {"type":"record","name":"R","fields":[{"name":"n","type":"long"},{"name":"s","type":["null","string"]},{"name":"m","type":{"type":"map","values":"bytes"}},{"name":"z","type":"bytes"}]}
            """;
        var value = Filled(Schema, ("n", 4111111111111111L), ("s", "card 4111111111111111."),
            ("m", new Dictionary<string, object> { ["4111 1111 1111 1111"] = "4111111111111111"u8.ToArray() }), ("z", new byte[] { 0xFF, 0x34 }));

        Assert.Equal("{n:4111111111111111,s:\"card #.\",m:<#:x23>,z:xFF34}", Show(Mask(Schema, value, MaskBench.Detecting("card-number"))));
        Assert.Equal(
            "{n:4111111111111111,s:\"card #.\",m:<4111 1111 1111 1111:x34313131313131313131313131313131>,z:xFF34}",
            Show(Mask(Schema, value, MaskBench.Detecting("card-number") with { AvroPaths = Rule(MaskBench.Stars, "$.s").AvroPaths })));
    }

    [Fact]
    public void Blocks_that_say_their_bytes_are_read_and_those_in_which_something_changed_say_their_count_alone()
    {
        const string Schema = """{"type":"array","items":{"type":"array","items":"string"}}""";
        // Two blocks: one that says its bytes, with an array of one block that does too; and one that does not.
        byte[] bytes = [1, 14, 1, 8, 6, 65, 66, 67, 0, 2, 2, 2, 68, 0, 0];

        var (_, masked) = Mask(Begin(Schema, Rule(MaskBench.Redact("longer"), "$[*][*]")), Framed(bytes));

        // Not every reader looks at what a block says of its bytes.
        Assert.Equal([2, 2, 12, .. "longer"u8, 0, 2, 2, 12, .. "longer"u8, 0, 0], masked[5..]);
        Assert.Equal("[[\"longer\"],[\"longer\"]]", Show(Decode(Schema, masked[5..])));
        Assert.Equal(MaskedFate.Same, Mask(Begin(Schema, MaskBench.Detecting("iban")), Framed(bytes)).Fate.Fate);
    }

    [Theory]
    [InlineData("$.card.number")]
    [InlineData("$.card.absent")]
    public void Neither_what_is_masked_nor_what_passes_leaves_anything_for_the_garbage_collector(string path)
    {
        var (masker, target) = (Begin(Payment, Rule(MaskBench.Redact("***"), path)), new PooledWriter());
        var value = Framed(Encode(Payment, Paid()));
        var plan = masker.PlanOf(Direction.ToClient, "t"u8)!;
        for (var i = 0; i < 100; i++) Once();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Once();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Once()
        {
            masker.Begin(Limits.Default.MaskedOutput);
            masker.Value(plan, value, target);
            target.Clear();
        }
    }

    [Fact]
    public void Random_values_keep_everything_but_what_is_masked()
    {
        var seed = Environment.TickCount;
        for (var i = 0; i < 1500; i++)
        {
            var random = new RandomAvro(new Random(seed + i));
            var text = random.SchemaText();
            var schema = Avro.Schema.Parse(text);
            var value = random.Value(schema);
            var masker = Begin(text, Rule(MaskBench.Redact(RandomAvro.Text), "$..secret"));
            var framed = Framed(Encode(text, value));

            var (fate, masked) = Mask(masker, framed);

            Assert.True(fate.Fate is MaskedFate.Same or MaskedFate.Changed, $"seed {seed + i}: {fate.Detail} in {text}");
            Assert.Equal(framed[..5], masked[..5]);
            var (wanted, got) = (Show(RandomAvro.Masked(schema, value)), Show(Decode(text, masked[5..])));
            Assert.True(wanted == got, $"seed {seed + i}: {text}\nwas    {Show(value)}\nwanted {wanted}\ngot    {got}");
            Assert.Equal(MaskedFate.Same, Mask(masker, masked).Fate.Fate);
        }
    }

    static string Of(string type) => $$"""{"type":"record","name":"R","fields":[{"name":"v","type":{{type}}}]}""";

    /// <summary>The bytes of a record's one field, masked.</summary>
    static byte[] Changed(string type, byte[] value, MaskingAction action)
    {
        var (fate, masked) = Mask(Begin(type.StartsWith("{\"type\":\"record\"", StringComparison.Ordinal) ? type : Of(type), Rule(action, "$.v")), Framed(value));
        Assert.Equal((MaskedFate.Changed, null), (fate.Fate, fate.Detail));
        return masked[5..];
    }

    static object Paid()
    {
        var schema = (RecordSchema)Avro.Schema.Parse(Payment);
        return One(1, "41", 2, ["x", null], new() { ["a"] = "A", ["b"] = "B" }, One(3, "42", 4, [], [], null));

        object One(long id, string number, int month, object?[] notes, Dictionary<string, object> labels, object? refund)
        {
            var (payment, card) = (new Avro.Generic.GenericRecord(schema), new Avro.Generic.GenericRecord((RecordSchema)schema["card"].Schema));
            card.Add("number", number);
            card.Add("month", month);
            foreach (var (name, value) in new (string, object?)[] { ("id", id), ("card", card), ("notes", notes), ("labels", labels), ("refund", refund) }) payment.Add(name, value);
            return payment;
        }
    }
}
