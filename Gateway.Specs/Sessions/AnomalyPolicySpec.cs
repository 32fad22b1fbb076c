using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Actors.Sessions;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Sessions;

public sealed class AnomalyPolicySpec
{
    const string Other = "t12d0909ht_aaaaaaaaaaaa_bbbbbbbbbbbb";

    static readonly AnomalyOptions s_options = new();
    static readonly string s_own = SampleSession.Opened.Client.Offer!.Ja4;

    [Fact]
    public void A_fingerprint_that_the_subject_never_had_is_noticed_with_those_it_had()
    {
        var notice = AnomalyPolicy.Fingerprint(Client(), History((Other, 2), ("t00i000000_000000000000_000000000000", 5)), s_options);

        Assert.Equal(AnomalyKind.ClientFingerprintNew, notice!.Kind);
        Assert.Equal(
            $"the client's TLS fingerprint {s_own} is new: of 7 sessions of this subject here within 30 days none had it, " +
            $"they had t00i000000_000000000000_000000000000 (5), {Other} (2)",
            notice.Explanation);
    }

    [Fact]
    public void One_that_it_had_once_is_not() =>
        Assert.Null(AnomalyPolicy.Fingerprint(Client(), History((Other, 900), (s_own, 1)), s_options));

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void Fewer_than_three_sessions_are_no_habit(long sessions, bool noticed) =>
        Assert.Equal(noticed, AnomalyPolicy.Fingerprint(Client(), History((Other, sessions)), s_options) is not null);

    [Fact]
    public void A_client_whose_hello_was_not_read_is_not_measured_by_it() =>
        Assert.Null(AnomalyPolicy.Fingerprint(new ClientFacts { Address = "192.0.2.7:1" }, History((Other, 9)), s_options));

    [Theory]
    [InlineData("t13d151600_cccccccccccc_dddddddddddd", false)]
    [InlineData("t13d151600_eeeeeeeeeeee_dddddddddddd", true)]
    public void A_client_that_tries_to_resume_is_known_by_what_it_has_without(string without, bool noticed)
    {
        var offer = SampleSession.Offer with { Ja4WithoutResumption = without };

        var notice = AnomalyPolicy.Fingerprint(Client() with { Offer = offer }, History(("t13d151600_cccccccccccc_dddddddddddd", 3)), s_options);

        Assert.Equal(noticed, notice is not null);
    }

    [Fact]
    public void However_many_fingerprints_there_were_the_sentence_fits_into_an_event()
    {
        var many = Enumerable.Range(0, SessionHistory.MostFingerprinted).Select(i => ($"t13d151600_{i:x12}_{i:x12}", 1L)).ToArray();

        var told = AnomalyPolicy.Fingerprint(Client(), History(many), s_options)!.Explanation;

        Assert.EndsWith("(1) and 997 others", told, StringComparison.Ordinal);
        Assert.InRange(told.Length, 1, 512);
    }

    [Theory]
    [InlineData(2, 1_000L, null)]
    [InlineData(3, 1_000L, 10_001L)]
    [InlineData(3, 0L, 500L)]
    [InlineData(3, 49L, 500L)]
    [InlineData(3, 50L, 501L)]
    [InlineData(100, long.MaxValue / 10, 9_223_372_036_854_775_801L)]
    [InlineData(100, long.MaxValue, null)]
    public void Unusual_is_more_than_ten_times_the_largest_and_no_less_than_the_least(long ended, long most, long? from)
    {
        var unusual = AnomalyPolicy.UnusualBytes(new SessionVolumes(ended, most), s_options with { LeastBytes = 500 });

        Assert.Equal(from, unusual);
    }

    [Fact]
    public void A_volume_is_told_with_the_figures_it_rests_on() => Assert.Equal(
        SampleSession.Noticed.Explanation,
        AnomalyPolicy.Volume(70_000_000, new SessionVolumes(Ended: 12, Most: 5000), s_options).Explanation);

    [Fact]
    public void Both_words_are_different_and_every_kind_has_one() =>
        Assert.Distinct(Enum.GetValues<AnomalyKind>().Select(kind => kind.Word()));

    static ClientFacts Client() => SampleSession.Opened.Client;

    static SessionHistory History(params (string Ja4, long Sessions)[] fingerprints) =>
        new() { Fingerprints = fingerprints.ToDictionary(f => f.Ja4, f => f.Sessions), Volumes = new SessionVolumes(0, 0) };
}
