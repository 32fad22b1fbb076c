using Akka.Actor;
using Gateway.Actors.Record;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting.Events;

/// <summary>A chore for every outlet: one that is away holds up no other.</summary>
sealed class EventActors(OpenedNode node, OutletStates states, ILoggerFactory logging) : IDisposable
{
    readonly List<IEventOutlet> _outlets = [];

    public void Start(ActorSystem system)
    {
        foreach (var options in node.Options.Events.Outlets)
        {
            IEventOutlet outlet = options.Kind is OutletKind.Syslog ? new SyslogOutlet(options) : new HttpOutlet(options, node.Time);
            _outlets.Add(outlet);
            system.ActorOf(
                OutletKeeper.Props(new OutletParts(
                    new SealerView(system), options.Name, options.BatchSize, outlet, new SqlEventFeed(node.Journal), states, node.Time, logging)),
                $"events-{options.Name}");
        }
    }

    public void Dispose()
    {
        foreach (var outlet in _outlets) outlet.Dispose();
    }
}
