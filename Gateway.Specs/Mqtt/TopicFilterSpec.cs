using Gateway.Protocols.Mqtt;
using Xunit;

namespace Gateway.Specs.Mqtt;

public sealed class TopicFilterSpec
{
    static readonly string[] s_levels = ["", "a", "b", "$s"];

    [Theory]
    [InlineData("#", true)]
    [InlineData("a/#", true)]
    [InlineData("+/a/+", true)]
    [InlineData("/", true)]
    [InlineData("$share/g/a/+", true)]
    [InlineData("", false)]
    [InlineData("a/#/b", false)]
    [InlineData("a#", false)]
    [InlineData("a+/b", false)]
    [InlineData("a\0", false)]
    [InlineData("$share/g", false)]
    [InlineData("$share//a", false)]
    [InlineData("$share/g/", false)]
    [InlineData("$share/+/a", false)]
    public void A_filter_is_valid_or_not(string filter, bool valid) => Assert.Equal(valid, TopicFilter.IsValid(filter));

    [Theory]
    [InlineData("sport/#", "sport", true)]
    [InlineData("sport/+", "sport", false)]
    [InlineData("sport/+", "sport/", true)]
    [InlineData("+/+", "/finance", true)]
    [InlineData("+", "/finance", false)]
    [InlineData("#", "$SYS/x", false)]
    [InlineData("+/x", "$SYS/x", false)]
    [InlineData("$SYS/#", "$SYS/x", true)]
    public void A_filter_matches_a_topic_as_the_standard_says(string filter, string topic, bool matches) =>
        Assert.Equal(matches, TopicFilter.Matches(filter, topic));

    [Fact]
    public void A_filter_that_covers_another_matches_every_topic_the_other_matches()
    {
        foreach (var (wide, narrow) in Pairs())
        {
            if (!TopicFilter.Covers(wide, narrow)) continue;
            foreach (var topic in Topics())
            {
                Assert.True(!TopicFilter.Matches(narrow, topic) || TopicFilter.Matches(wide, topic), $"{wide} {narrow} {topic}");
            }
        }
    }

    [Fact]
    public void Filters_overlap_exactly_when_some_topic_is_matched_by_both()
    {
        foreach (var (one, other) in Pairs())
        {
            var shared = Topics().Any(t => TopicFilter.Matches(one, t) && TopicFilter.Matches(other, t));
            Assert.True(shared == TopicFilter.Overlaps(one, other), $"{one} {other}");
        }
    }

    static IEnumerable<(string One, string Other)> Pairs()
    {
        var filters = Words(["a", "b", "+", "$s"], 2).Concat(Words(["a", "+"], 1).Select(f => f + "/#"))
            .Append("#").Append("$s/#").ToArray();
        return filters.SelectMany(one => filters.Select(other => (one, other)));
    }

    static IEnumerable<string> Topics() => Words(s_levels, 3).Where(t => t.Length > 0);

    static List<string> Words(string[] levels, int most)
    {
        IEnumerable<string> words = levels;
        var all = words.ToList();
        for (var i = 1; i < most; i++) all.AddRange(words = words.SelectMany(w => levels.Select(l => $"{w}/{l}")).ToList());
        return all;
    }
}
