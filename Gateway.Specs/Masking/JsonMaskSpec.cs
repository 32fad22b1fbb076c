using System.Text;
using System.Text.Json;
using Gateway.Protocols.Masking;
using Xunit;
using static Gateway.Specs.Masking.MaskBench;

namespace Gateway.Specs.Masking;

public sealed class JsonMaskSpec
{
    [Theory]
    [InlineData("$.card", """{"card":"4111","x": 1.50}""", """{"card":"***","x": 1.50}""")]
    [InlineData("$.card", """ { "x" : [ 1 , 2.0e3 ] , "card" : 4111 } """, """ { "x" : [ 1 , 2.0e3 ] , "card" : "***" } """)]
    [InlineData("$.card", """{"card":null,"a":{"card":"stays"}}""", """{"card":null,"a":{"card":"stays"}}""")]
    [InlineData("$.card", """{"card":{"n":[1,2]},"y":true}""", """{"card":"***","y":true}""")]
    [InlineData("$.card", """{"card":"a","card":"b"}""", """{"card":"***","card":"***"}""")]
    [InlineData("$.card", """{"\u0063ard":"a","ca\u0072d":true}""", """{"\u0063ard":"***","ca\u0072d":"***"}""")]
    [InlineData("$.a[*].n", """{"a":[{"n":1,"m":1},{"n":"x"},7]}""", """{"a":[{"n":"***","m":1},{"n":"***"},7]}""")]
    [InlineData("$..n", """[{"n":1},{"b":{"n":{"n":2}},"c":[[{"n":"x"}]]}]""", """[{"n":"***"},{"b":{"n":"***"},"c":[[{"n":"***"}]]}]""")]
    [InlineData("$.*", """{"a":1,"b":[2]}""", """{"a":"***","b":"***"}""")]
    [InlineData("$[\"a b\"]['c.d']", """{"a b":{"c.d":1,"c":2}}""", """{"a b":{"c.d":"***","c":2}}""")]
    [InlineData("$", "\"whole\"", "\"***\"")]
    [InlineData("$", "17", "\"***\"")]
    [InlineData("$.a", "{\"a\":1}\n{\"a\":2}\n", "{\"a\":\"***\"}\n{\"a\":\"***\"}\n")]
    [InlineData("$.é", """{"é":"ü","e":"ü"}""", """{"é":"***","e":"ü"}""")]
    public void What_a_path_selects_is_masked_and_every_other_byte_stays(string path, string json, string masked) =>
        Assert.Equal(masked, Mask(json, Rule(Redact("***"), path)));

    [Theory]
    [InlineData("""{"n":1}""", "{}")]
    [InlineData("""{ "n" : 1 , "a":2}""", """{ "a":2}""")]
    [InlineData("""{"a":2 , "n":1 }""", """{"a":2 }""")]
    [InlineData("""{"a":2,"n":1,"n":[3],"b":4}""", """{"a":2,"b":4}""")]
    [InlineData("""{"n":1,"n":2,"a":3,"n":4}""", """{"a":3}""")]
    [InlineData("""{"n":1,"n":2}""", "{}")]
    [InlineData("""[{"n":{"n":1}},{"x":{"n":1,"y":[]}}]""", """[{},{"x":{"y":[]}}]""")]
    public void A_member_that_is_dropped_takes_one_comma_with_it(string json, string masked) =>
        Assert.Equal(masked, Mask(json, Rule(new MaskingAction(MaskingKind.Drop), "$..n")));

    [Fact]
    public void An_element_that_is_dropped_takes_one_comma_with_it() =>
        Assert.Equal("""{"a":[],"b":[[1],[2]]}""", Mask("""{"a":[1,2,3],"b":[[1],[2]]}""", Rule(new MaskingAction(MaskingKind.Drop), "$.a[*]")));

    [Theory]
    [InlineData("""{"n":"4111111111111111"}""", """{"n":"************1111"}""")]
    [InlineData("""{"n":4111111111111111}""", """{"n":"************1111"}""")]
    [InlineData("""{"n":"ab\"\\c"}""", """{"n":"*****"}""")]
    [InlineData("""{"n":"abcdefgh\"\\c\n"}""", """{"n":"********\"\\c\u000a"}""")]
    [InlineData("""{"n":"äöüßéèêë"}""", """{"n":"****éèêë"}""")]
    public void Partly_masked_the_last_characters_stay_unless_they_are_more_than_half(string json, string masked) =>
        Assert.Equal(masked, Mask(json, Rule(new MaskingAction(MaskingKind.Partial) { KeepLast = 4 }, "$.n")));

    [Fact]
    public void Stars_are_as_many_as_the_characters_were() =>
        Assert.Equal("""{"n":"****"}""", Mask("""{"n":"a\u00e9😀b"}""", Rule(Stars, "$.n")));

    [Fact]
    public void A_rule_that_finds_looks_into_all_that_its_paths_select() => Assert.Equal(
        """{"a":{"t":"call #","l":["#",7]},"b":"+49 30 901820"}""",
        Mask("""{"a":{"t":"call \u002b49 30 901820","l":["+49 30 901820",7]},"b":"+49 30 901820"}""", Detecting("phone") with { JsonPaths = Rule(Stars, "$.a").JsonPaths }));

    [Fact]
    public void A_rule_without_a_path_looks_into_all_strings_numbers_and_names() => Assert.Equal(
        """{"#":"#.","n":"#","a":[41]}""",
        Mask("""{"4111111111111111":"4111 \u0031111 1111 1111.","n":4111111111111111,"a":[41]}""", Detecting("card-number")));

    [Theory]
    [InlineData("{\"n\":1,")]
    [InlineData("{\"n\":1} // {")]
    [InlineData("not json")]
    [InlineData("{\"n\":1,}")]
    public void What_is_no_json_is_refused_by_a_strict_rule_and_passes_another_one_masked_as_far_as_it_was_read(string text)
    {
        Assert.Null(Mask(text, Rule(Stars, "$.n")));
        Assert.Equal(text.Replace('1', '#').Replace("#", "\"*\"", StringComparison.Ordinal), Mask(text, Rule(Stars, "$.n") with { Strict = false }));
    }

    [Fact]
    public void What_was_to_go_goes_also_where_the_text_breaks_off_behind_it() =>
        Assert.Equal("{ ,", Mask("{ \"n\":1 ,", Rule(new MaskingAction(MaskingKind.Drop), "$.n") with { Strict = false })?.Replace("  ", " ", StringComparison.Ordinal));

    [Fact]
    public void Depth_is_bounded()
    {
        static string Nested(int depth) => new string('[', depth) + new string(']', depth);

        Assert.NotNull(Mask(Nested(Masker.MostDepth), Rule(Stars, "$..n")));
        Assert.Null(Mask(Nested(Masker.MostDepth + 1), Rule(Stars, "$..n")));
        Assert.Null(Mask(Nested(100_000), Rule(Stars, "$..n")));
    }

    [Fact]
    public void What_schema_registries_and_byte_order_marks_put_before_a_text_stays()
    {
        byte[] framed = [0, 0xFF, 0, 0, 7, .. """{"n":1}"""u8], marked = [0xEF, 0xBB, 0xBF, .. """{"n":1}"""u8];

        Assert.Equal([0, 0xFF, 0, 0, 7, .. """{"n":"*"}"""u8], Mask(framed, Rule(Stars, "$.n"))!);
        Assert.Equal([0xEF, 0xBB, 0xBF, .. """{"n":"*"}"""u8], Mask(marked, Rule(Stars, "$.n"))!);
    }

    [Fact]
    public void Invalid_text_is_refused_by_a_strict_rule_and_harms_no_other()
    {
        byte[] invalid = [.. "{\"n\":\""u8, 0xFF, .. "\",\"m\":\"\\ud800x\"}"u8];

        Assert.Null(Mask(invalid, Rule(Stars, "$.n")));
        Assert.Equal("{\"n\":\"*\",\"m\":\"**\"}"u8.ToArray(), Mask(invalid, Rule(Stars, "$.n", "$.m") with { Strict = false }));
    }

    [Fact]
    public void Whatever_the_json_only_what_is_selected_differs_afterwards()
    {
        var random = new Random(20_260_101);
        for (var round = 0; round < 3000; round++)
        {
            var json = RandomJson.Write(random);
            var drops = round % 3 == 0;
            var rule = Rule(drops ? new MaskingAction(MaskingKind.Drop) : Redact("<*>"), "$..secret", "$.a.b");

            var masked = Mask(json, rule)!;

            using var before = JsonDocument.Parse(json);
            using var after = JsonDocument.Parse(masked);
            var expected = RandomJson.Masked(before.RootElement, drops, path: "");
            Assert.True(expected == RandomJson.Masked(after.RootElement, drops: false, path: null), $"{json}\n{masked}\n{expected}");
        }
    }

    [Fact]
    public void Cut_anywhere_it_is_refused_and_never_passes_what_is_selected()
    {
        var json = Encoding.UTF8.GetBytes("""{"a":[1,{"secret":"hidden 1"}],"secret":"hidden 2","b":{"secret":["hidden 3"]}}""");
        for (var length = 1; length < json.Length; length++)
        {
            Assert.Null(Mask(json[..length], Rule(Stars, "$..secret")));
        }
    }
}
