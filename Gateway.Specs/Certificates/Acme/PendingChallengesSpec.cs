using Gateway.Actors.Certificates.Acme;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Certificates.Acme;

public sealed class PendingChallengesSpec : IDisposable
{
    readonly AcmeAccountKey _key = AcmeAccountKey.Create();
    readonly FakeTimeProvider _time = new();
    readonly PendingChallenges _challenges;

    public PendingChallengesSpec() => _challenges = new PendingChallenges(_time);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void What_nobody_withdraws_is_over_when_it_expires()
    {
        Assert.True(_challenges.TryAdd(Http("t1") with { ExpiresAt = _time.GetUtcNow().AddMinutes(1) }));
        Assert.True(_challenges.TryAdd(Alpn("edge.test", "t2") with { ExpiresAt = _time.GetUtcNow().AddMinutes(1) }));

        Assert.Equal((_key.Authorize("t1"), true), (_challenges.AnswerTo("t1"), _challenges.Find("edge.test") is not null));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((null, false), (_challenges.AnswerTo("t1"), _challenges.Find("edge.test") is not null));
    }

    [Fact]
    public void A_challenge_is_answered_where_it_is_asked_and_nowhere_else()
    {
        _challenges.TryAdd(Alpn("edge.test", "t1"));
        _challenges.TryAdd(Http("t2"));

        Assert.Equal((null, null), (_challenges.AnswerTo("t1"), _challenges.Find("other.test")));
        Assert.Null(_challenges.Find(null));
    }

    [Theory]
    [InlineData("edge.test", "EDGE.test.")]
    [InlineData("192.0.2.1", "1.2.0.192.in-addr.arpa")]
    [InlineData("2001:db8::5", "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")]
    public void A_name_is_asked_for_as_the_standard_says(string name, string serverName)
    {
        _challenges.TryAdd(Alpn(name, "t1"));

        Assert.True(_challenges.Find(serverName)!.TargetCertificate.MatchesHostname(name));
    }

    [Fact]
    public void Of_two_orders_for_a_name_the_newer_is_answered()
    {
        _challenges.TryAdd(Alpn("edge.test", "old") with { ExpiresAt = _time.GetUtcNow().AddMinutes(1) });
        _challenges.TryAdd(Alpn("edge.test", "new") with { ExpiresAt = _time.GetUtcNow().AddMinutes(2) });
        var newer = _challenges.Find("edge.test");

        _challenges.Remove(AcmeChallengeKind.TlsAlpn01, "old");

        Assert.Same(newer, _challenges.Find("edge.test"));
    }

    [Fact]
    public void There_is_room_for_so_many_and_the_same_one_counts_once()
    {
        for (var i = 0; i < PendingChallenges.Most; i++) Assert.True(_challenges.TryAdd(Http($"t{i}")));

        Assert.False(_challenges.TryAdd(Http("more")));
        Assert.True(_challenges.TryAdd(Http("t0")));
        _challenges.Remove(AcmeChallengeKind.Http01, "t0");
        Assert.True(_challenges.TryAdd(Http("more")));
    }

    [Fact]
    public void What_is_no_challenge_is_not_taken()
    {
        var sound = Http("t1");
        PendingChallenge[] wrong =
        [
            sound with { Kind = (AcmeChallengeKind)7 },
            sound with { Name = "*.edge.test" },
            sound with { Name = "" },
            sound with { Token = "../t1" },
            sound with { Token = new string('t', AcmeLimits.Token + 1) },
            sound with { KeyAuthorization = "t1" },
            sound with { KeyAuthorization = "t2." + _key.Thumbprint },
            sound with { KeyAuthorization = sound.KeyAuthorization + "<script>" },
            sound with { ExpiresAt = _time.GetUtcNow() },
            sound with { ExpiresAt = _time.GetUtcNow().AddDays(1) },
        ];

        Assert.All(wrong, challenge => Assert.False(_challenges.TryAdd(challenge), $"{challenge}"));
        Assert.True(_challenges.TryAdd(sound));
    }

    PendingChallenge Http(string token) => new(AcmeChallengeKind.Http01, "edge.test", token, _key.Authorize(token), _time.GetUtcNow() + AcmeLimits.Order);

    PendingChallenge Alpn(string name, string token) => Http(token) with { Kind = AcmeChallengeKind.TlsAlpn01, Name = name };
}
