using System.Diagnostics;
using System.Globalization;
using Gateway.Protocols.Masking;
using Gateway.Protocols.Masking.Avro;
using Xunit;
using static Gateway.Specs.Masking.AvroBench;

namespace Gateway.Specs.Masking;

public sealed class HostileAvroSpec
{
    [Theory]
    [InlineData("\"string\"", "", "has a number that is none, or ends within it")]
    [InlineData("\"string\"", "01", "has a text of a length that is none, or ends within it")]
    [InlineData("\"string\"", "0441", "has a text of a length that is none, or ends within it")]
    [InlineData("\"string\"", "FEFFFFFFFFFFFFFFFF01", "has a text of a length that is none, or ends within it")]
    [InlineData("\"string\"", "FFFFFFFFFFFFFFFFFFFF01", "has a number that is none, or ends within it")]
    [InlineData("\"string\"", "80808080808080808002", "has a number that is none, or ends within it")]
    [InlineData("\"string\"", "02410041", "has bytes behind it")]
    [InlineData("\"int\"", "8080808010", "has a number that is none, or ends within it")]
    [InlineData("\"boolean\"", "02", "has a boolean that is none")]
    [InlineData("\"double\"", "00000000000000", "ends within a value")]
    [InlineData("[\"null\",\"string\"]", "04", "has a branch that is none of its union's")]
    [InlineData("[\"null\",\"string\"]", "01", "has a branch that is none of its union's")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"]}""", "02", "has a symbol that is none of its enum's")]
    [InlineData("""{"type":"fixed","name":"F","size":3}""", "0102", "ends within a value")]
    [InlineData("""{"type":"array","items":"int"}""", "FEFFFFFF0F02", "has a block of more items than bytes")]
    [InlineData("""{"type":"array","items":"int"}""", "FFFFFFFFFFFFFFFFFF0100", "has a block of no possible count")]
    [InlineData("""{"type":"array","items":"int"}""", "01010200", "has a block that is longer than what it stands in")]
    [InlineData("""{"type":"array","items":"int"}""", "01400200", "has a block that is longer than what it stands in")]
    [InlineData("""{"type":"array","items":"int"}""", "01040200", "has a block of another length than it says")]
    [InlineData("""{"type":"array","items":"int"}""", "0102800200", "has a block of another length than it says")]
    [InlineData("""{"type":"array","items":"null"}""", "FEFFFFFF0F00", "has more than 65536 items without a byte")]
    [InlineData("""{"type":"array","items":"null"}""", "80800880800800", "has more than 65536 items without a byte")]
    [InlineData("""{"type":"array","items":{"type":"record","name":"N","fields":[{"name":"n","type":"null"}]}}""", "FEFFFFFF0F00", "has more than 65536 items without a byte")]
    [InlineData("""{"type":"array","items":"null"}""", "01020000", "has a block of another length than it says")]
    [InlineData("""{"type":"map","values":"int"}""", "0208414100", "has a text of a length that is none, or ends within it")]
    public void What_is_no_value_of_its_schema_is_refused_by_a_strict_rule_and_passes_another_one(string type, string hex, string fault)
    {
        var value = Framed(Convert.FromHexString(hex));

        var strict = Mask(Begin(type, Rule(MaskBench.Stars, "$..x")), value).Fate;

        Assert.Equal((MaskedFate.Refused, $"rule fields is strict, and a payload {fault}, which is no value of its schema 7"), (strict.Fate, strict.Detail));
        Assert.Equal(MaskedFate.Same, Mask(Begin(type, Rule(MaskBench.Stars, "$..x") with { Strict = false }), value).Fate.Fate);
    }

    [Fact]
    public void As_many_items_without_a_byte_as_may_be_pass_at_once()
    {
        var masker = Begin("""{"type":"array","items":"null"}""", Rule(MaskBench.Stars, "$..x"));

        Assert.Equal(MaskedFate.Same, Mask(masker, Framed([0x80, 0x80, 0x08, 0])).Fate.Fate);
    }

    [Fact]
    public void A_value_that_ends_at_any_of_its_bytes_is_refused()
    {
        var random = new RandomAvro(new Random(4));
        for (var i = 0; i < 50; i++)
        {
            var text = random.SchemaText();
            var bytes = Framed(Encode(text, random.Value(Avro.Schema.Parse(text))));
            var masker = Begin(text, Rule(MaskBench.Stars, "$..secret"));
            for (var length = 5; length < bytes.Length; length++) Assert.Equal(MaskedFate.Refused, Mask(masker, bytes[..length]).Fate.Fate);
        }
    }

    [Fact]
    public void Damaged_values_fail_nothing_and_what_passes_a_strict_rule_is_a_value_of_the_schema()
    {
        var (seed, passed) = (Environment.TickCount, 0);
        for (var i = 0; i < 300; i++)
        {
            var (random, damage) = (new RandomAvro(new Random(seed + i)), new Random(seed + i));
            var text = random.SchemaText();
            var bytes = Framed(Encode(text, random.Value(Avro.Schema.Parse(text))));
            var masker = Begin(text, Rule(MaskBench.Redact("longer than before"), "$..secret"));
            for (var j = 0; j < 20 && bytes.Length > 5; j++)
            {
                bytes[damage.Next(5, bytes.Length)] = (byte)damage.Next(256);
                var (fate, masked) = Mask(masker, bytes);
                if (fate.Fate == MaskedFate.Refused) continue;
                Assert.Equal(MaskedFate.Same, Mask(masker, masked).Fate.Fate);
                passed++;
            }
        }

        Assert.True(passed > 0);
    }

    [Fact]
    public void Values_within_each_other_are_read_to_a_depth_only()
    {
        const string List = """{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}""";
        var masker = Begin(List, Rule(MaskBench.Stars, "$..x"));

        Assert.Equal(MaskedFate.Same, Mask(masker, Framed([.. Enumerable.Repeat((byte)2, 31), 0])).Fate.Fate);
        Assert.Contains("is nested too deeply", Mask(masker, Framed([.. Enumerable.Repeat((byte)2, 100_000), 0])).Fate.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_of_nothing_within_each_other_cost_nothing_however_many_they_are()
    {
        // Each holds a hundred of the one before: ten thousand million million fields without a byte.
        var records = Enumerable.Range(0, 9).Select(level =>
            $$"""{"type":"record","name":"R{{level}}","fields":[{{string.Join(",", Enumerable.Range(0, 100).Select(i => $$"""{"name":"f{{i}}","type":"{{(level == 0 ? "null" : $"R{level - 1}")}}"}"""))}}]}""").ToArray();
        var schema = Read(records);
        var began = Stopwatch.GetTimestamp();

        var masked = Mask(Begin(new Known { [Id] = RegisteredSchema.Of(schema) }, Rule(MaskBench.Stars, "$..x")), Framed([])).Fate;

        Assert.Equal(MaskedFate.Same, masked.Fate);
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_record_that_never_ends_is_refused()
    {
        const string Endless = """{"type":"record","name":"E","fields":[{"name":"a","type":"E"},{"name":"b","type":"E"}]}""";

        Assert.Equal(MaskedFate.Refused, Mask(Begin(Endless, Rule(MaskBench.Stars, "$..x")), Framed([])).Fate.Fate);
    }

    [Theory]
    [InlineData("", "is no JSON, or nested too deeply")]
    [InlineData("{", "is no JSON, or nested too deeply")]
    [InlineData("\"\\ud800\"", "is no JSON, or nested too deeply")]
    [InlineData("7", "has a type that is neither a name, an object nor an array")]
    [InlineData("\"Absent\"", "names the type Absent, which is defined nowhere before")]
    [InlineData("\"a b\"", "names a type by what is no name")]
    [InlineData("{}", "has an object without \"type\"")]
    [InlineData("""{"type":"record","name":"R"}""", "has an object without \"fields\"")]
    [InlineData("""{"type":"record","name":"R","fields":{}}""", "has the record R, whose fields are no array")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}""", "has the record R, one of whose fields has no name, or another's")]
    [InlineData("""{"type":"record","name":"R\n","fields":[]}""", "has a type whose name is none")]
    [InlineData("""["int",["null"]]""", "has a union within a union")]
    [InlineData("""{"type":"fixed","name":"F","size":-1}""", "has a fixed whose size is not 0 to 1048576")]
    [InlineData("""{"type":"enum","name":"E","symbols":[]}""", "has an enum without symbols, or with too many")]
    [InlineData("""[{"type":"fixed","name":"F","size":1},{"type":"fixed","name":"F","size":1}]""", "defines the type F twice")]
    public void A_text_that_is_no_schema_is_told_what_is_wrong(string text, string fault)
    {
        Assert.Null(AvroSchema.TryRead([text], out var problem));
        Assert.Equal(fault, problem);
    }

    [Fact]
    public void Schemas_are_bounded_in_bytes_parts_types_and_depth()
    {
        var parts = string.Join(",", Enumerable.Range(0, 20_000).Select(i => $$"""{"name":"f{{i}}","type":"int"}"""));
        var types = string.Join(",", Enumerable.Range(0, 5_000).Select(i => $$"""{"type":"fixed","name":"F{{i}}","size":1}"""));

        Assert.Equal("is longer than 1048576 bytes", Problem($"\"{new string('a', AvroSchema.LongestText)}\""));
        Assert.Equal("has more than 16384 parts", Problem($$"""{"type":"record","name":"R","fields":[{{parts}}]}"""));
        Assert.Equal("defines more than 4096 types", Problem($"[{types}]"));
        Assert.Equal("is no JSON, or nested too deeply", Problem(string.Concat(Enumerable.Repeat("{\"type\":\"array\",\"items\":", 200))));

        static string Problem(string text)
        {
            Assert.Null(AvroSchema.TryRead([text], out var problem));
            return problem;
        }
    }

    [Fact]
    public void Names_are_found_in_their_namespaces_and_in_schemas_that_are_referred_to()
    {
        const string Referred = """{"type":"record","name":"com.bank.Account","fields":[{"name":"iban","type":"string"},{"name":"kind","type":{"type":"enum","name":"Kind","symbols":["A"]}}]}""";
        const string Schema = """{"type":"record","name":"T","namespace":"com.bank","fields":[{"name":"from","type":"Account"},{"name":"kind","type":"com.bank.Kind"}]}""";

        var (fate, masked) = Mask(Begin(new Known { [Id] = RegisteredSchema.Of(Read(Referred, Schema)) }, Rule(MaskBench.Redact("#"), "$.from.iban")), Framed([2, 65, 0, 0]));

        Assert.Equal((MaskedFate.Changed, "2,35,0,0"), (fate.Fate, string.Join(",", masked[5..].Select(b => b.ToString(CultureInfo.InvariantCulture)))));
    }

    [Fact]
    public void Paths_that_meet_a_schema_in_too_many_ways_are_refused_whatever_the_content_is_to_be()
    {
        // A record that holds itself under as many names as the paths know, at ever other states of them.
        var names = Enumerable.Range(0, 60).Select(i => $"n{i}").ToArray();
        var fields = string.Join(",", names.Concat(Enumerable.Range(0, 5000).Select(i => $"m{i}")).Select(n => $$"""{"name":"{{n}}","type":["null","R"]}"""));
        var masker = Begin($$"""{"type":"record","name":"R","fields":[{{fields}}]}""", Rule(MaskBench.Stars, [.. names.Select(n => $"$..{n}.x")]) with { Strict = false });

        Assert.Contains("more ways than can be followed", Mask(masker, Framed([0])).Fate.Detail, StringComparison.Ordinal);
    }
}
