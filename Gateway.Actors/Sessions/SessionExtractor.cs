using Akka.Cluster.Sharding;

namespace Gateway.Actors.Sessions;

/// <summary>Tells the cluster which session and shard a message is for. A message with a malformed id is for nobody, and sharding drops it.</summary>
public sealed class SessionExtractor : IMessageExtractor
{
    public string? EntityId(object message) =>
        message is IForSession { SessionId: var id } && SessionIds.NodeKey(id) is not null ? id : null;

    public object? EntityMessage(object message) => message;

    public string? ShardId(object message) => SessionIds.Shard(EntityId(message));

    // Sharding asks for the shard of an id only after EntityId accepted it; it drops a message whose shard is null.
    public string ShardId(string entityId, object? messageHint = null) => SessionIds.Shard(entityId)!;
}
