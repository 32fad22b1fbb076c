using System.Net;
using System.Net.Sockets;
using Gateway.Actors.Accept;
using Gateway.Actors.Connections;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Accept;

public sealed class ListenerSpec
{
    [Fact]
    public void A_brokers_port_that_cannot_be_had_is_told_as_that_port()
    {
        var first = FreePort.NextOf(2);
        using var taken = new TcpListener(IPAddress.Loopback, first + 1);
        taken.Start();
        var profile = Profile(first, 2);

        Assert.Null(Listener.TryReserve(profile, out var problem));
        Assert.StartsWith($"cannot listen on 127.0.0.1:{first + 1}: ", problem, StringComparison.Ordinal);
        Assert.EndsWith("; free the port or change spec.listen", problem, StringComparison.Ordinal);
        var fault = Assert.Single(Assert.Throws<ListenersNotOpenException>(() => Listener.ReserveAll([profile])).Faults);
        Assert.StartsWith($"connection spec cannot listen on 127.0.0.1:{first + 1}: ", fault, StringComparison.Ordinal);
    }

    static ConnectionProfile Profile(int firstPort, int count) => TestProfiles.For(TestProfiles.Tls13) with { Brokers = new BrokerPorts(1, firstPort, count) };
}
