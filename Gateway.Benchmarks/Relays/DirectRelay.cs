using System.Net;
using Gateway.Benchmarks.Machine;

namespace Gateway.Benchmarks.Relays;

/// <summary>No relay: the load generator talks to the backend. Shows what the measuring itself costs.</summary>
sealed class DirectRelay(RelayPlan plan) : IRelay
{
    public const string Title = "direct";

    public string Name => Title;

    public string Version => "no relay";

    public string CommandLine => "";

    public string Configuration => "";

    public ProcessTree? Processes => null;

    public IJournalSize? Journal => null;

    public IPEndPoint Address(Route route) => new(IPAddress.Loopback, plan.Backend.For(route));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
