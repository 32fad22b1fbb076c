using System.Security.Cryptography;
using Gateway.Actors.Hosting;
using Gateway.Actors.Registry;
using Gateway.Actors.Tls.OpenSsl;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Tls;

/// <summary>Which ticket keys nodes have, and for how long.</summary>
public sealed class TicketKeyRingSpec : IDisposable
{
    static readonly DateTimeOffset s_start = new(2030, 1, 1, 12, 59, 0, TimeSpan.Zero);

    readonly ConfigurationFolder _folder = new();
    readonly FakeTimeProvider _time = new(s_start);

    [Fact]
    public void Nodes_with_the_same_cluster_key_seal_with_the_same_ticket_key_until_the_hour_is_over()
    {
        var key = ClusterKey.Ephemeral();
        var (one, another) = (Ring(key), Ring(key));
        var before = one.Sealing.ToBytes();

        Assert.Equal(before, another.Sealing.ToBytes());
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.NotEqual(before, one.Sealing.ToBytes());
        Assert.Equal(one.Sealing.ToBytes(), another.Sealing.ToBytes());
        Assert.NotEqual(one.Sealing.ToBytes(), Ring(ClusterKey.Ephemeral()).Sealing.ToBytes());
    }

    [Fact]
    public async Task Keys_that_took_the_place_of_others_behind_a_link_seal_within_half_a_minute()
    {
        using var mounted = new MountedFile("ticket.keys");
        var ring = Ring(ClusterKey.Ephemeral());
        var (first, second) = (RandomNumberGenerator.GetBytes(TicketKey.Length), RandomNumberGenerator.GetBytes(TicketKey.Length));
        mounted.Put(first);
        using var reader = new TicketKeyReader(mounted.Path, ring, _time, NullLogger<TicketKeyReader>.Instance);
        await reader.StartAsync(default);
        Assert.Equal(first, ring.Sealing.ToBytes());

        mounted.Put(second);
        // Its timer may begin a moment after it was started.
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(30));
            return second.AsSpan().SequenceEqual(ring.Sealing.ToBytes());
        });
        await reader.StopAsync(default);
    }

    [Fact]
    public void A_ticket_is_opened_for_the_rest_of_its_hour_and_the_next_and_no_longer()
    {
        var ring = Ring(ClusterKey.Ephemeral());
        var name = ring.Sealing.Name.ToArray();

        _time.Advance(TimeSpan.FromMinutes(60));
        Assert.NotNull(ring.Opening(name));
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(ring.Opening(name));
    }

    [Fact]
    public void What_a_node_whose_clock_is_ahead_sealed_is_opened()
    {
        var key = ClusterKey.Ephemeral();
        var ahead = new TicketKeyRing(new FakeTimeProvider(s_start.AddMinutes(2)), hour => DerivedTicketKeys.Of(key, hour));

        Assert.NotNull(Ring(key).Opening(ahead.Sealing.Name));
    }

    [Fact]
    public void What_was_sealed_before_the_cluster_key_was_changed_is_opened_and_the_new_key_seals()
    {
        var (older, newer) = (Line(1), Line(2));
        var before = Ring(Load(older));
        var after = Ring(Load(newer + older));

        Assert.NotNull(after.Opening(before.Sealing.Name));
        Assert.Equal(Ring(Load(newer)).Sealing.ToBytes(), after.Sealing.ToBytes());
    }

    [Fact]
    public void Keys_that_operators_share_are_kept_whatever_the_hour()
    {
        var (shared, ring) = (TicketKey.Create(), Ring(ClusterKey.Ephemeral()));

        ring.Share([shared]);
        _time.Advance(TimeSpan.FromDays(2));

        Assert.Equal(shared.ToBytes(), ring.Sealing.ToBytes());
    }

    public void Dispose() => _folder.Dispose();

    TicketKeyRing Ring(ClusterKey key) => new(_time, hour => DerivedTicketKeys.Of(key, hour));

    ClusterKey Load(string lines) => ClusterKey.Load(_folder.WriteSecret("cluster.key", lines), create: false);

    static string Line(byte seed) => Convert.ToBase64String(Enumerable.Repeat(seed, 32).ToArray()) + "\n";
}
