using System.Text;
using Gateway.Protocols;
using Gateway.Protocols.Masking;
using Gateway.Protocols.Mqtt;
using Xunit;
using static Gateway.Specs.Masking.MaskBench;

namespace Gateway.Specs.Masking;

public sealed class MaskerSpec
{
    [Fact]
    public void The_same_text_gives_the_same_token_under_the_same_key_however_it_is_written()
    {
        var rule = Rule(new MaskingAction(MaskingKind.Token), "$.n");
        var token = Mask("""{"n":"42"}""", rule)!;

        Assert.Matches("^\\{\"n\":\"tok_[A-Za-z0-9_-]{22}\"\\}$", token);
        Assert.Equal(token, Mask("""{"n":42}""", rule));
        Assert.Equal(token, Mask("""{"n":"\u0034\u0032"}""", rule));
        Assert.NotEqual(token, Mask("""{"n":"43"}""", rule));
        var other = Begun(new Masker(Rules(rule), MaskingKey.Of(Secret + "!")));
        var target = new PooledWriter();
        other.Value(other.PlanOf(Direction.ToClient, "t"u8)!, """{"n":"42"}"""u8, target);
        Assert.NotEqual(token, Encoding.UTF8.GetString(target.Span));
    }

    [Fact]
    public void What_is_encrypted_reads_back_under_its_key_alone_and_never_looks_the_same_twice()
    {
        var rule = new MaskingRule { Name = "all", Action = new(MaskingKind.Encrypt) };
        var (one, other) = (Mask("hidden", rule)!, Mask("hidden", rule)!);
        var key = MaskingKey.Of(Secret)!;

        Assert.NotEqual(one, other);
        Assert.Equal("hidden"u8.ToArray(), key.Decrypt(one));
        Assert.Equal("hidden"u8.ToArray(), key.Decrypt(other));
        Assert.Null(MaskingKey.Of(Secret + "!")!.Decrypt(one));
        Assert.Null(key.Decrypt(one[..^1] + (one[^1] == 'A' ? 'B' : 'A') + "A"));
        Assert.Null(key.Decrypt($"enc.1.{key.Id}."));
        Assert.DoesNotContain(Secret, key.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MaskingKind.Token)]
    [InlineData(MaskingKind.Encrypt)]
    public void What_passes_a_second_time_is_masked_once(MaskingKind kind)
    {
        var rule = Rule(new MaskingAction(kind), "$.n");
        var once = Mask("""{"n":"42"}""", rule)!;

        Assert.Equal(once, Mask(once, rule));
        Assert.NotEqual("""{"n":"tok_AAAAAAAAAAAAAAAAAAAAAA"}""", Mask("""{"n":"tok_AAAAAAAAAAAAAAAAAAAAAA"}""", rule));
    }

    [Fact]
    public void A_short_secret_is_no_key() => Assert.Null(MaskingKey.Of("password"));

    [Fact]
    public void What_the_whole_value_is_replaced_by_hides_binary_values_too() =>
        Assert.Equal("***"u8.ToArray(), Mask([0xFF, 0x00, 0x80], new MaskingRule { Name = "all", Action = Stars }));

    [Fact]
    public void Finds_that_overlap_are_masked_together_as_the_first_rule_says() => Assert.Equal(
        "a[1]d", Mask("abbcd", Matching("bb", Redact("[1]")), Matching("bc", Redact("[2]"))));

    [Theory]
    [InlineData("x\u00e9 secret-1 \u00e9", "x\u00e9 # \u00e9")]
    [InlineData("{\"a\":\"secret\\u002d1\"}", "{\"a\":\"#\"}")]
    public void A_pattern_is_found_in_the_text_that_is_meant(string text, string masked) => Assert.Equal(masked, Mask(text, Matching(@"secret-\d+")));

    [Theory]
    [InlineData("secret-.", "secret-\U0001F600", "#")]
    [InlineData("secret-.", "secret-\U0001F600, secret-1, secret-2.", "#, #, #.")]
    [InlineData(".secret-1", "a\U0001F600secret-1 \U0001F600secret-1", "a# #")]
    [InlineData("[^a]", "a\U0001F600a\U0001F600\U0001F601", "a#a##")]
    [InlineData("[^a]|\\b", "\U0001F600\U0001F601a", "##a")]
    [InlineData(@"\uDE00+", "x\U0001F600, y", "x#, y")]
    public void A_pattern_that_finds_half_a_character_masks_all_of_it_and_nothing_else(string pattern, string text, string masked)
    {
        Assert.Equal(masked, Mask(text, Matching(pattern)));
        Assert.Equal($$"""{"a":"{{masked}}"}""", Mask($$"""{"a":"{{text}}"}""", Matching(pattern) with { JsonPaths = Rule(Stars, "$.a").JsonPaths }));
    }

    [Theory]
    [InlineData("(a)\\1", "linear")]
    [InlineData("(?=a)b", "linear")]
    [InlineData("a*", "empty")]
    [InlineData("(", "regular expression")]
    [InlineData("(a{100}){100}", "999")]
    public void A_pattern_that_cannot_be_run_is_none(string pattern, string problem)
    {
        Assert.Null(TextPattern.TryCreate(pattern, out var told, out _));
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(a+)+$", 1, "#")]
    [InlineData("(a|aa)+b", 1, "")]
    [InlineData("a.*b|a", 1, null)]
    [InlineData("a.*b|a", 128, null)]
    [InlineData("(a+)+$", 128, "#")]
    public void A_hostile_text_takes_no_more_work_than_one_message_may_or_is_refused(string pattern, int pieces, string? masked)
    {
        var text = new string('a', 256 * 1024 / pieces);

        var (whole, lines, strings) = (
            Mask(Repeated(text, "\n"), Matching(pattern)),
            Mask(Repeated(text, "\n") + "\n", Matching(pattern)),
            Mask($"[\"{Repeated(text, "\",\"")}\"]", Matching(pattern)));

        var piece = masked is "" ? text : masked;
        Assert.Equal(piece is null ? null : Repeated(piece, "\n"), whole);
        Assert.Equal(piece is null ? null : Repeated(piece, "\n") + "\n", lines);
        Assert.Equal(piece is null ? null : $"[\"{Repeated(piece, "\",\"")}\"]", strings);

        string Repeated(string one, string between) => string.Join(between, Enumerable.Repeat(one, pieces));
    }

    [Fact]
    public void What_looking_for_patterns_may_take_is_counted_over_all_that_a_message_has()
    {
        var masker = Begin(Matching("a.*b|a") with { Headers = ["*"] }, Matching("a.*b|a"));
        var plan = masker.PlanOf(Direction.ToClient, "t"u8)!;
        var text = Encoding.UTF8.GetBytes(new string('a', 3 * 1024));
        var target = new PooledWriter();

        Assert.Equal(MaskedFate.Changed, masker.Header(plan, "h"u8, text, target).Fate);
        Assert.Equal(MaskedFate.Refused, masker.Value(plan, text, target).Fate);
        masker.Begin(Limits.Default.MaskedOutput);
        Assert.Equal(MaskedFate.Changed, masker.Value(plan, text, target).Fate);
    }

    [Fact]
    public void Short_texts_with_a_few_finds_each_are_looked_through_however_many_they_are()
    {
        var text = string.Concat(Enumerable.Repeat($"\"{new string('x', 92)} 1,2,3,4\"\n", 64 * 1024));

        Assert.Equal(text.Replace("1,2,3,4", "#,#,#,#", StringComparison.Ordinal), Mask(text, Matching("[0-9]")));
    }

    [Fact]
    public void Text_that_is_no_utf8_is_refused_by_a_strict_rule_and_searched_byte_by_byte_by_another()
    {
        byte[] text = [0xFF, .. "a@example.org "u8, 0xFE];

        Assert.Null(Mask(text, Detecting("email")));
        Assert.Equal([0xFF, .. "# "u8, 0xFE], Mask(text, Matching("[a-z@.]{5,}") with { Strict = false })!);
    }

    [Fact]
    public void Broken_json_is_refused_by_a_strict_search_and_is_text_to_another()
    {
        const string Text = """{"a":"me@example.org","b":me@example.org}""";

        Assert.Null(Mask(Text, Detecting("email")));
        Assert.Equal("""{"a":"#","b":#}""", Mask(Text, Detecting("email") with { Strict = false }));
    }

    [Fact]
    public void Rules_are_for_their_topics_and_directions_and_counted_by_name()
    {
        var counts = new Dictionary<string, long>();
        var masker = Begun(new Masker(
            Rules(
                Rule(Stars, "$.a") with { Name = "first", Topics = ["pay/#"], Direction = Direction.ToClient },
                Rule(Stars, "$..b") with { Name = "second" }),
            null, (rule, count) => counts[rule] = counts.GetValueOrDefault(rule) + count));
        var target = new PooledWriter();

        Assert.Equal(MaskedFate.Same, masker.Value(masker.PlanOf(Direction.ToUpstream, "pay/1"u8)!, """{"a":1}"""u8, target).Fate);
        Assert.Equal(MaskedFate.Changed, masker.Value(masker.PlanOf(Direction.ToClient, "pay/1"u8)!, """{"a":1,"b":1,"c":{"b":2}}"""u8, target).Fate);

        Assert.Equal("""{"a":"*","b":"*","c":{"b":"*"}}""", Encoding.UTF8.GetString(target.Span));
        Assert.Equal(new Dictionary<string, long> { ["first"] = 1, ["second"] = 2 }, counts);
    }

    [Fact]
    public void Keys_and_headers_are_masked_by_rules_that_name_them()
    {
        var masker = Begin(
            new MaskingRule { Name = "key", Action = Stars, Key = true },
            new MaskingRule { Name = "trace", Action = new(MaskingKind.Drop), Headers = ["trace"] },
            Detecting("email") with { Headers = ["*"] });
        var plan = masker.PlanOf(Direction.ToClient, "t"u8)!;
        var target = new PooledWriter();

        Assert.False(plan.HasValues);
        Assert.Equal(MaskedFate.Changed, masker.Key(plan, "abc"u8, target).Fate);
        Assert.Equal(MaskedFate.Dropped, masker.Header(plan, "trace"u8, "abc"u8, target).Fate);
        Assert.Equal(MaskedFate.Changed, masker.Header(plan, "from"u8, "a@example.org"u8, target).Fate);
        Assert.Equal(MaskedFate.Same, masker.Header(plan, "from"u8, "nobody"u8, target).Fate);
        Assert.Equal("***#", Encoding.UTF8.GetString(target.Span));
    }

    [Fact]
    public void Names_at_any_depth_that_combine_in_too_many_ways_are_no_rules()
    {
        var paths = Enumerable.Range(0, 12).Select(i => $"$..n{i}..*..*..n{i}.x").ToArray();

        Assert.Null(MaskingRules.TryCreate([Rule(Stars, paths)], TopicFilter.Matches));
        Assert.NotNull(MaskingRules.TryCreate([Rule(Stars, [.. Enumerable.Range(0, 200).Select(i => $"$..n{i}")])], TopicFilter.Matches));
    }

    [Fact]
    public void Of_paths_that_are_followed_together_those_of_the_topics_rules_alone_select()
    {
        var card = """{"card":{"number":"1","of":"me@example.org"}}"""u8.ToArray();
        var masker = Begin(
            Rule(Redact("A"), "$.card") with { Topics = ["a/#"] },
            Rule(Redact("B"), "$.card.number") with { Topics = ["+/b"] },
            Detecting("email", Redact("C")) with { JsonPaths = Rule(Stars, "$.card").JsonPaths, Topics = ["c/#"] },
            Rule(Redact("D"), "$") with { Topics = ["d"] });

        foreach (var (topic, masked) in new[]
        {
            ("a/a", """{"card":"A"}"""), ("x/b", """{"card":{"number":"B","of":"me@example.org"}}"""), ("a/b", """{"card":"A"}"""),
            ("c/c", """{"card":{"number":"1","of":"C"}}"""), ("c/b", """{"card":{"number":"B","of":"C"}}"""), ("d", "\"D\""),
        })
        {
            var target = new PooledWriter();
            masker.Value(masker.PlanOf(Direction.ToClient, Encoding.UTF8.GetBytes(topic))!, card, target);
            Assert.Equal(masked, Encoding.UTF8.GetString(target.Span));
        }

        Assert.Null(masker.PlanOf(Direction.ToClient, "x"u8));
    }

    [Fact]
    public void Topics_with_other_rules_cost_no_other_automaton()
    {
        var masker = Begin([.. Enumerable.Range(0, 10).Select(i => OfLevel(i))]);
        masker.PlanOf(Direction.ToClient, "1"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var set = 1; set <= 1000; set++) Assert.NotNull(masker.PlanOf(Direction.ToClient, Encoding.UTF8.GetBytes(Topic(set))));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000 * 16 * 1024);

        static MaskingRule OfLevel(int level)
        {
            string[] paths = [.. Enumerable.Range(0, 20).Select(n => $"$..n{level}.m{n}")];
            return Rule(Stars, paths) with { Topics = [string.Concat(Enumerable.Repeat("+/", level)) + "1/#"] };
        }

        static string Topic(int set) => string.Join('/', Enumerable.Range(0, 10).Select(i => set >> i & 1));
    }

    [Theory]
    [InlineData("card")]
    [InlineData("$card")]
    [InlineData("$.")]
    [InlineData("$..")]
    [InlineData("$.a[0]")]
    [InlineData("$['a")]
    [InlineData("$[a]")]
    [InlineData("$.a b")]
    [InlineData("$['a\\u0041']")]
    [InlineData("$.a[?(@.b)]")]
    public void What_is_no_path_is_none(string text) => Assert.Null(JsonPath.TryParse(text, out _));
}
