using Gateway.Actors.Connections;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Connections;

/// <summary>Names of brokers, out and back.</summary>
public sealed class BrokerHostsSpec
{
    [Theory]
    [InlineData("broker-{node}.kafka.example.org", 0, "broker-0.kafka.example.org")]
    [InlineData("{node}.kafka.example.org", 12, "12.kafka.example.org")]
    [InlineData("B{node}-eu.Example.org", int.MaxValue, "b2147483647-eu.example.org")]
    public void A_broker_has_the_name_that_leads_to_it(string pattern, int node, string name)
    {
        var hosts = BrokerHosts.Of(pattern)!;

        Assert.Equal((name, 9092), hosts.PlaceOf(node, "kafka.example.org", 9092));
        Assert.Equal(node, hosts.NodeOf(name, 9092));
        Assert.Equal(node, hosts.NodeOf($"{name.ToUpperInvariant()}.", 9092));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("kafka.example.org")]
    [InlineData("broker-.kafka.example.org")]
    [InlineData("broker-01.kafka.example.org")]
    [InlineData("broker-00.kafka.example.org")]
    [InlineData("broker--1.kafka.example.org")]
    [InlineData("broker-+1.kafka.example.org")]
    [InlineData("broker- 1.kafka.example.org")]
    [InlineData("broker-1a.kafka.example.org")]
    [InlineData("broker-\u0661.kafka.example.org")]
    [InlineData("broker-2147483648.kafka.example.org")]
    [InlineData("broker-1.kafka.example.net")]
    [InlineData("xbroker-1.kafka.example.org")]
    [InlineData("broker-1.kafka.example.org.example.org")]
    public void Any_other_name_leads_to_no_broker_of_its_own(string? name) =>
        Assert.Null(BrokerHosts.Of("broker-{node}.kafka.example.org")!.NodeOf(name, 9092));

    [Fact]
    public void What_is_no_broker_has_no_name() => Assert.Null(BrokerHosts.Of("broker-{node}.kafka.example.org")!.PlaceOf(-1, "kafka.example.org", 9092));

    [Theory]
    [InlineData("")]
    [InlineData("kafka.example.org")]
    [InlineData("{node}")]
    [InlineData("broker-{node}")]
    [InlineData("broker.{node}.example.org")]
    [InlineData("{node}-{node}.example.org")]
    [InlineData("broker_{node}/.example.org")]
    [InlineData("*{node}.example.org")]
    [InlineData("broker-{Node}.example.org")]
    public void A_pattern_without_the_id_in_its_first_label_is_none(string pattern) => Assert.Null(BrokerHosts.Of(pattern));

    [Theory]
    [InlineData("hosts: \"broker-{node}.kafka.test\"", "[\"*.kafka.test\"]")]
    [InlineData("hosts: \"broker-{node}.kafka.test\"", "[]")]
    [InlineData("hosts: broker.kafka.test", "[]",
        "connections.yaml:6:63 spec.listen.brokers.hosts is \"broker.kafka.test\": names no hosts; write it like broker-{node}.kafka.example.org")]
    [InlineData("hosts: \"broker-{node}.kafka.test\"", "[kafka.test]",
        "connections.yaml:6:63 spec.listen.brokers.hosts is \"broker-{node}.kafka.test\": names hosts that spec.tls.serverNames leaves out; "
        + "add *.kafka.test there")]
    [InlineData("hosts: \"broker-{node}.kafka.test\", count: 3", "[]",
        "connections.yaml:6:98 spec.listen.brokers.count is \"3\": has no use: brokers are told apart by their hosts; remove it, or hosts")]
    public void A_connection_names_them_where_its_certificates_names_let_clients_ask_for_them(string brokers, string names, params string[] faults)
    {
        using var folder = new ConfigurationFolder();
        folder.WriteSecret("broker.password", "hunter2");

        var loaded = ConnectionsFile.Load(folder.Write("connections.yaml", $$"""
            apiVersion: gateway/v1
            kind: Connection
            metadata: { name: events }
            spec:
              protocol: kafka
              listen: { address: 127.0.0.1, port: 9092, brokers: { {{brokers}} } }
              tls: { serverNames: {{names}} }
              upstream: { host: kafka.internal, port: 9093, tls: {}, login: { userName: gateway, passwordFile: broker.password } }
              access: { issuers: [corp], groups: [streams] }
            """), ["corp"], ProtocolCatalog.All);

        Assert.Equal(faults, loaded.Faults.Select(fault => fault.ToString()));
        Assert.Equal(faults.Length == 0, loaded.Profiles is [{ Brokers: BrokerHosts }]);
    }
}
