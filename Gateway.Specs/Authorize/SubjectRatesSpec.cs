using Gateway.Actors.Authorize;
using Gateway.Actors.Connections;
using Gateway.Specs.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Authorize;

public sealed class SubjectRatesSpec
{
    static readonly ConnectionProfile s_slow = TestProfiles.For(TestProfiles.Tls13) with { Kafka = new KafkaLimits { ProduceBytesPerSecond = 100_000 } };

    readonly FakeTimeProvider _time = new();
    readonly SubjectRates _rates;

    public SubjectRatesSpec() => _rates = new SubjectRates(_time);

    [Fact]
    public void Sessions_of_one_subject_on_one_connection_draw_from_one_budget_and_others_do_not()
    {
        var other = s_slow with { Name = "other" };
        using var first = _rates.Enter(s_slow, "corp", "anna");
        using var second = _rates.Enter(s_slow, "corp", "anna");
        using var elsewhere = _rates.Enter(other, "corp", "anna");
        using var another = _rates.Enter(s_slow, "corp", "bert");

        first!.Produced!.Take(150_000);

        Assert.Equal(TimeSpan.FromSeconds(0.5), second!.Produced!.Take(0));
        Assert.Equal(TimeSpan.Zero, elsewhere!.Produced!.Take(0));
        Assert.Equal(TimeSpan.Zero, another!.Produced!.Take(0));
        Assert.Null(first.Consumed);
    }

    [Fact]
    public void Coming_again_pays_for_nothing_and_who_owes_nothing_is_forgotten()
    {
        using (var first = _rates.Enter(s_slow, "corp", "anna")) first!.Produced!.Take(300_000);
        using (var again = _rates.Enter(s_slow, "corp", "anna")) Assert.Equal(TimeSpan.FromSeconds(2), again!.Produced!.Take(0));
        Assert.Equal(1, _rates.CountOf(s_slow));

        _time.Advance(TimeSpan.FromSeconds(11));
        _rates.Enter(s_slow, "corp", "bert")!.Dispose();

        Assert.Equal(0, _rates.CountOf(s_slow));
    }

    [Fact]
    public void However_many_subjects_owe_those_that_are_kept_in_mind_are_bounded_and_the_rest_share_a_budget()
    {
        for (var i = 0; i < SubjectRates.Most + 100; i++)
        {
            using var share = _rates.Enter(s_slow, "corp", $"subject-{i}");
            share!.Produced!.Take(200_000);
        }

        Assert.Equal(SubjectRates.Most + 1, _rates.CountOf(s_slow));
        using var beyond = _rates.Enter(s_slow, "corp", "new");
        Assert.True(beyond!.Produced!.Take(0) > TimeSpan.FromSeconds(100));
    }

    [Fact]
    public void A_connection_without_rates_keeps_nobody_in_mind() => Assert.Null(_rates.Enter(s_slow with { Kafka = KafkaLimits.None }, "corp", "anna"));
}
