using Gateway.Protocols;
using Gateway.Protocols.Mqtt;
using Xunit;

namespace Gateway.Specs.Mqtt;

public sealed class OperationJudgeSpec
{
    static readonly OperationJudge s_judge = new(new OperationRules(
        [new("publish", "plant/+/state"), new("subscribe", "plant/#")],
        [new("*", "plant/secret/#")]));

    [Theory]
    [InlineData("plant/1/state", true)]
    [InlineData("plant/1/command", false)]
    [InlineData("plant/secret/state", false)]
    public void A_publish_needs_a_rule_that_allows_its_topic_and_none_that_denies_it(string topic, bool allowed) =>
        Assert.Equal(allowed, s_judge.AllowsPublish(topic));

    [Theory]
    [InlineData("plant/1/#", true)]
    [InlineData("$share/g/plant/1/#", true)]
    [InlineData("plant/#", false)]
    [InlineData("plant/+/state", false)]
    [InlineData("$share/g/plant/secret", false)]
    [InlineData("#", false)]
    public void A_subscription_may_neither_exceed_what_is_allowed_nor_touch_what_is_denied(string filter, bool allowed) =>
        Assert.Equal(allowed, s_judge.AllowsSubscribe(filter));

    [Fact]
    public void Without_rules_everything_is_allowed() => Assert.True(new OperationJudge(OperationRules.Everything).AllowsSubscribe("#"));

    [Theory]
    [InlineData("a/#/b")]
    [InlineData("$share/g/a")]
    public void A_pattern_that_is_no_topic_filter_is_not_judged_by(string pattern) =>
        Assert.Throws<ArgumentException>(() => new OperationJudge(new OperationRules([new("publish", pattern)], [])));
}
