using Akka.Actor;
using Gateway.Actors.Hosting;

namespace Gateway.Actors.Accept;

/// <summary>Closes sockets that no session came for, because the cluster could not place it in time, and frees their slots.</summary>
sealed class AcceptedSweeper : ReceiveActor, IWithTimers
{
    readonly TimeSpan _longest;

    public AcceptedSweeper(AcceptedConnections accepted, ConnectionSlots slots, GatewayMetrics metrics, TimeSpan longest)
    {
        _longest = longest;
        Receive<Sweep>(_ =>
        {
            foreach (var forgotten in accepted.TakeOlderThan(longest))
            {
                forgotten.Dispose();
                slots.EndHandshake();
                slots.EndSession(forgotten.Profile.Name);
                metrics.ConnectionShed(forgotten.Profile.Name);
            }
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(AcceptedConnections accepted, ConnectionSlots slots, GatewayMetrics metrics, TimeSpan longest) =>
        Akka.Actor.Props.Create(() => new AcceptedSweeper(accepted, slots, metrics, longest));

    protected override void PreStart() => Timers.StartPeriodicTimer("sweep", Sweep.Instance, _longest / 2);

    sealed record Sweep
    {
        public static readonly Sweep Instance = new();
    }
}
