using System.Text;
using Gateway.Protocols.Kafka.Rules;
using Xunit;

namespace Gateway.Specs.Kafka;

public sealed class KafkaRulesSpec
{
    [Theory]
    [InlineData("orders", "orders", true)]
    [InlineData("orders", "orders2", false)]
    [InlineData("orders", "Orders", false)]
    [InlineData("orders-*", "orders-", true)]
    [InlineData("orders-*", "orders-eu", true)]
    [InlineData("orders-*", "my-orders-eu", false)]
    [InlineData("*.eu", "orders.eu", true)]
    [InlineData("*.eu", "eu", false)]
    [InlineData("a*a", "a", false)]
    [InlineData("a*a", "aa", true)]
    [InlineData("*a*b*", "xaxxb", true)]
    [InlineData("*a*b*", "ba", false)]
    [InlineData("*", "", true)]
    [InlineData("orders.*", "ordersXeu", false)]
    public void A_pattern_is_a_name_in_which_a_star_stands_for_anything(string pattern, string name, bool matches) =>
        Assert.Equal(matches, new KafkaRules(new([new("produce", pattern)], [])).Allows(KafkaOperation.Produce, Encoding.UTF8.GetBytes(name)));

    [Fact]
    public void A_denial_wins_and_what_no_rule_allows_is_denied_once_one_allows_anything()
    {
        var rules = new KafkaRules(new([new("*", "orders*")], [new("produce", "orders-old")]));

        Assert.Equal((true, false), (rules.Allows(KafkaOperation.Produce, "orders"u8), rules.Allows(KafkaOperation.Produce, "orders-old"u8)));
        Assert.Equal((true, false), (rules.Allows(KafkaOperation.Consume, "orders-old"u8), rules.Allows(KafkaOperation.Consume, "payments"u8)));
    }

    [Theory]
    [InlineData("produce", true, false)]
    [InlineData("consume", true, false)]
    [InlineData("alter", true, false)]
    [InlineData("delete", true, false)]
    [InlineData("create", false, false)]
    [InlineData("group", false, true)]
    [InlineData("alter-group", false, true)]
    public void Whoever_may_use_something_may_see_it(string allowed, bool topic, bool group)
    {
        var rules = new KafkaRules(new([new(allowed, "it")], []));

        Assert.Equal((topic, group), (rules.Allows(KafkaOperation.Describe, "it"u8), rules.Allows(KafkaOperation.DescribeGroup, "it"u8)));
        Assert.False(rules.Allows(KafkaOperation.Describe, "other"u8));
    }

    [Fact]
    public void What_is_hidden_is_not_seen_by_whoever_may_use_it() =>
        Assert.False(new KafkaRules(new([new("produce", "it")], [new("describe", "it")])).Allows(KafkaOperation.Describe, "it"u8));

    [Fact]
    public void A_pattern_of_the_clients_own_needs_everything_to_be_allowed()
    {
        Assert.True(new KafkaRules(new([new("describe", "*")], [])).AllowsAll(KafkaOperation.Describe));
        Assert.False(new KafkaRules(new([new("describe", "a*")], [])).AllowsAll(KafkaOperation.Describe));
        Assert.False(new KafkaRules(new([], [new("*", "secret")])).AllowsAll(KafkaOperation.Describe));
    }

    [Theory]
    [InlineData("")]
    [InlineData("orders\n")]
    public void A_pattern_that_is_none_is_not_judged_by(string pattern) =>
        Assert.Throws<ArgumentException>(() => new KafkaRules(new([new("produce", pattern)], [])));
}
