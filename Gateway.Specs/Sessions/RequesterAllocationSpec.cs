using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Gateway.Actors.Sessions;
using Xunit;

namespace Gateway.Specs.Sessions;

public sealed class RequesterAllocationSpec : TestKit
{
    readonly RequesterAllocation _allocation = new();

    [Fact]
    public async Task A_shard_goes_to_the_region_that_asks_however_loaded_it_is()
    {
        var (asking, idle) = (CreateTestProbe().Ref, CreateTestProbe().Ref);

        var chosen = await _allocation.AllocateShard(asking, "node1/0", Regions((asking, 100), (idle, 0)));

        Assert.Equal(asking, chosen);
    }

    [Fact]
    public async Task A_shard_asked_for_by_what_is_no_region_goes_to_the_least_loaded_region()
    {
        var (proxy, busy, idle) = (CreateTestProbe().Ref, CreateTestProbe().Ref, CreateTestProbe().Ref);

        var chosen = await _allocation.AllocateShard(proxy, "node1/0", Regions((busy, 2), (idle, 1)));

        Assert.Equal(idle, chosen);
    }

    [Fact]
    public async Task No_shard_ever_moves()
    {
        var (busy, idle) = (CreateTestProbe().Ref, CreateTestProbe().Ref);

        var moves = await _allocation.Rebalance(Regions((busy, 1000), (idle, 0)), ImmutableHashSet<string>.Empty);

        Assert.Empty(moves);
    }

    static ImmutableDictionary<IActorRef, IImmutableList<string>> Regions(params (IActorRef Region, int Shards)[] regions) =>
        regions.ToImmutableDictionary(r => r.Region, r => (IImmutableList<string>)[.. Enumerable.Range(0, r.Shards).Select(i => $"s{i}")]);
}
