using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace Gateway.Actors.Sessions;

/// <summary>
/// Puts a session's shard on the node that first asks for it, which is the node that accepted the socket, and leaves it there: a shard can move
/// and a socket cannot, so a move would end live streams.
/// </summary>
public sealed class RequesterAllocation : IShardAllocationStrategy
{
    static readonly Task<IImmutableSet<string>> s_none = Task.FromResult<IImmutableSet<string>>(ImmutableHashSet<string>.Empty);

    public Task<IActorRef> AllocateShard(
        IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
    {
        // A proxy may ask as well, and so may a region that is shutting down: neither can hold a shard.
        return Task.FromResult(currentShardAllocations.ContainsKey(requester) ? requester : LeastLoaded(currentShardAllocations));
    }

    public Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress) => s_none;

    static IActorRef LeastLoaded(IImmutableDictionary<IActorRef, IImmutableList<string>> shards) =>
        shards.OrderBy(r => r.Value.Count).ThenBy(r => r.Key.Path.ToStringWithAddress(), StringComparer.Ordinal).First().Key;
}
