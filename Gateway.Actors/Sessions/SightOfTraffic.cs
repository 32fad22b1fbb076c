using Gateway.Actors.Hosting;
using Gateway.Protocols;

namespace Gateway.Actors.Sessions;

/// <summary>Counts what limits did to the sessions of a connection.</summary>
sealed class SightOfTraffic(GatewayMetrics metrics, string connection) : ITrafficSight
{
    public void Throttled(Direction direction, long bytes, TimeSpan wait) => metrics.Throttled(connection, direction, bytes, wait);

    public void TooLarge() => metrics.BatchRefused(connection);
}
