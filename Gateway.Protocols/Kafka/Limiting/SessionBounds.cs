using Gateway.Protocols.Kafka.Topics;

namespace Gateway.Protocols.Kafka.Limiting;

/// <summary>What one session's client may ask for at most; each part is null where there is no such limit.</summary>
sealed class SessionBounds(TrafficLimits traffic, Limits limits, TopicIds topics)
{
    public BatchCap? Batches { get; } = traffic.MaxBatchBytes is { } most ? new BatchCap(most, limits, topics, traffic.Sight) : null;

    public ClientIds? ClientIds { get; } = traffic.ClientIds.Count > 0 ? new ClientIds(traffic.ClientIds) : null;

    public Throttle? Throttle { get; } = traffic.Produced is null && traffic.Consumed is null ? null : new Throttle(traffic.Produced, traffic.Consumed, traffic.Sight);
}
