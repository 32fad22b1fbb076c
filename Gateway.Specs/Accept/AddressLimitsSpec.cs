using System.Net;
using Gateway.Actors.Accept;
using Gateway.Actors.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Accept;

public sealed class AddressLimitsSpec
{
    static readonly LimitOptions s_none = new() { HandshakesPerAddress = 0 };

    static readonly IPAddress s_one = IPAddress.Parse("192.0.2.1");

    readonly FakeTimeProvider _time = new();

    [Fact]
    public void An_address_has_so_many_handshakes_and_sessions_at_once_and_others_have_theirs()
    {
        var limits = Limits(s_none with { HandshakesPerAddress = 2, SessionsPerAddress = 3 });
        var shares = new[] { Enter(limits, s_one)!, Enter(limits, s_one)! };

        Assert.Null(Enter(limits, s_one));
        Assert.NotNull(Enter(limits, IPAddress.Parse("192.0.2.2")));
        shares[0].EndHandshake();
        shares[0].EndHandshake();
        Assert.NotNull(Enter(limits, s_one));
        shares[1].EndHandshake();
        Assert.Null(Enter(limits, s_one));
        shares[1].Dispose();
        shares[1].Dispose();
        Assert.NotNull(Enter(limits, s_one));
        Assert.Null(Enter(limits, s_one));
    }

    [Fact]
    public void An_address_knocks_so_often_each_second_and_waits_for_the_rest()
    {
        var limits = Limits(s_none with { ConnectionsPerSecondPerAddress = 5 });

        Assert.Equal(10, Enumerable.Range(0, 100).Count(_ => Knock(limits, s_one)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(5, Enumerable.Range(0, 100).Count(_ => Knock(limits, s_one)));
        Assert.True(Knock(limits, IPAddress.Parse("192.0.2.2")));
    }

    [Fact]
    public void A_refused_address_is_told_of_once_a_minute()
    {
        var limits = Limits(s_none with { SessionsPerAddress = 1 });
        limits.TryEnter(s_one, out _);

        Assert.Equal([true, false, false], Enumerable.Range(0, 3).Select(_ => IsTold(limits)));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([true, false], Enumerable.Range(0, 2).Select(_ => IsTold(limits)));
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", true)]
    public void A_64_of_ipv6_is_one_address_and_a_mapped_one_is_that_of_ipv4(string one, string other, bool same)
    {
        var limits = Limits(s_none with { SessionsPerAddress = 1 });

        Assert.NotNull(Enter(limits, IPAddress.Parse(one)));
        Assert.Equal(same, Enter(limits, IPAddress.Parse(other)) is null);
    }

    [Fact]
    public void However_many_addresses_knock_the_table_stays_bounded_and_forgets_who_is_long_gone()
    {
        var limits = Limits(s_none with { ConnectionsPerSecondPerAddress = 1 });

        for (var i = 0; i < AddressLimits.Most + 5_000; i++) Knock(limits, new IPAddress(i + 0x0A000000L));
        Assert.InRange(limits.Count, 1, AddressLimits.Most + 1);

        // Strangers share one place now, whose burst is gone.
        Assert.False(Knock(limits, s_one));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(Knock(limits, s_one));
        Assert.InRange(limits.Count, 1, 10);
    }

    [Fact]
    public void Without_limits_nobody_is_kept_in_mind_who_is_gone()
    {
        var limits = Limits(s_none);

        var share = Enter(limits, s_one);
        Assert.Equal(1, limits.Count);
        share!.Dispose();
        Assert.Equal(0, limits.Count);
    }

    AddressLimits Limits(LimitOptions options) => new(options, _time);

    static AddressShare? Enter(AddressLimits limits, IPAddress address) => limits.TryEnter(address, out _);

    static bool Knock(AddressLimits limits, IPAddress address)
    {
        using var share = Enter(limits, address);
        return share is not null;
    }

    static bool IsTold(AddressLimits limits)
    {
        Assert.Null(limits.TryEnter(s_one, out var isTold));
        return isTold;
    }
}
