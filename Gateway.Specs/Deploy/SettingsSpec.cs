using Gateway.Actors.Hosting;
using Gateway.Specs.Support;
using k8s.Models;
using Xunit;

namespace Gateway.Specs.Deploy;

/// <summary>What the manifests of deploy/k8s have nodes and lighthouses do, by the checks that a start makes, and whether ports, probes and policies fit.</summary>
public sealed class SettingsSpec : IDisposable
{
    const string Trial = "trial";
    const string Production = "production";

    /// <summary>More than a node takes: a kubelet that is late kills it all the same.</summary>
    static readonly TimeSpan s_spare = TimeSpan.FromSeconds(15);

    /// <summary>From an endpoint that is not ready to balancers that send nobody there.</summary>
    static readonly TimeSpan s_told = TimeSpan.FromSeconds(5);

    readonly OverlaySettings _settings = new();

    public void Dispose() => _settings.Dispose();

    [RequiresTheory("kubectl")]
    [InlineData(Trial)]
    [InlineData(Production)]
    public async Task A_node_finds_no_fault_in_the_settings_it_is_given(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        var node = _settings.Node(overlay);

        Assert.Empty(node.Faults);
        Assert.NotEmpty(node.Connections);
        Assert.Equal(("node-0", "10.1.2.3"), (node.Options.Node.Name, node.Options.Cluster.Host));
        Assert.Equal(name == Trial ? JournalProvider.Sqlite : JournalProvider.PostgreSql, node.Options.Journal.Provider);
    }

    [RequiresFact("kubectl")]
    public async Task A_lighthouse_finds_no_fault_and_nodes_know_it_by_the_name_it_has()
    {
        var overlay = await Overlay.RenderAsync(Production);

        var lighthouse = _settings.Lighthouse(overlay, out var faults);

        Assert.Empty(faults);
        Assert.Equal(lighthouse.Seeds, _settings.Node(overlay).Options.Cluster.Lighthouses);
        Assert.Equal(overlay.Of<V1StatefulSet>("lighthouse").Spec.Replicas, lighthouse.Seeds.Count);
    }

    [RequiresTheory("kubectl")]
    [InlineData(Trial)]
    [InlineData(Production)]
    public async Task Every_listener_has_a_port_of_the_pod_a_balancer_that_keeps_addresses_and_a_policy_that_lets_clients_in(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var node = _settings.Node(overlay);
        var policy = overlay.Of<V1NetworkPolicy>("gateway").Spec;

        var ports = overlay.Node.Ports.ToDictionary(p => p.Name, p => p.ContainerPort);

        Assert.Equal(node.Options.Admin.Port, ports["admin"]);
        Assert.Equal(node.Options.Cluster.Port, ports["remoting"]);
        Assert.Equal(["admin", "remoting", .. node.Connections.Select(c => c.Name)], ports.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(ports.Keys.Order(), policy.Ingress.SelectMany(rule => rule.Ports).Select(p => p.Port.Value).Order());
        Assert.All(node.Connections, connection =>
        {
            Assert.Equal(connection.Listens.First().Port, ports[connection.Name]);
            var service = overlay.Of<V1Service>($"gateway-{connection.Name}").Spec;
            Assert.Equal(("LoadBalancer", "Local"), (service.Type, service.ExternalTrafficPolicy));
            Assert.Equal(connection.Name, Assert.Single(service.Ports).TargetPort.Value);
        });
    }

    [RequiresTheory("kubectl")]
    [InlineData(Trial)]
    [InlineData(Production)]
    public async Task A_pod_is_given_the_time_that_a_drain_takes(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var node = _settings.Node(overlay);

        var given = TimeSpan.FromSeconds(overlay.Nodes.Spec.Template.Spec.TerminationGracePeriodSeconds!.Value);

        // The kubelet's hook would come before the notice, and tell nobody anything.
        Assert.Null(overlay.Node.Lifecycle);
        Assert.Equal(node.Options.Node.DrainNotice + node.Options.Node.DrainGrace + GatewayServices.Leaving + s_spare, given);
    }

    [RequiresTheory("kubectl")]
    [InlineData(Trial)]
    [InlineData(Production)]
    public async Task A_node_that_drains_accepts_until_its_probe_has_found_it_unready_and_balancers_were_told(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        var notice = _settings.Node(overlay).Options.Node.DrainNotice;

        var probe = overlay.Node.ReadinessProbe;
        Assert.True(notice >= TimeSpan.FromSeconds((probe.PeriodSeconds * probe.FailureThreshold + probe.TimeoutSeconds)!.Value) + s_told, $"{notice}");
    }

    [RequiresFact("kubectl")]
    public async Task Probes_ask_what_a_node_answers()
    {
        var overlay = await Overlay.RenderAsync(Production);
        using var key = Gateway.Actors.Record.SealKey.Ephemeral();
        await using var host = await AdminHost.StartAsync(SampleCluster.OfThree(key), key);
        using var client = host.Client();

        Assert.All(Probes(overlay.Node), probe => Assert.Equal(("admin", "HTTPS"), (probe.HttpGet.Port.Value, probe.HttpGet.Scheme)));
        foreach (var path in Probes(overlay.Node).Select(p => p.HttpGet.Path).Append("/metrics"))
        {
            using var answer = await client.GetAsync(path);
            Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [RequiresFact("kubectl")]
    public async Task Probes_ask_what_a_lighthouse_answers()
    {
        var overlay = await Overlay.RenderAsync(Production);
        var container = overlay.Of<V1StatefulSet>("lighthouse").Spec.Template.Spec.Containers.Single();
        using var authority = new TestCertificates();
        await using var lighthouse = await LighthouseProcess.StartAsync(authority);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{lighthouse.HealthPort}") };

        var ports = container.Ports.ToDictionary(p => p.Name, p => p.ContainerPort);
        var options = _settings.Lighthouse(overlay, out _);
        Assert.Equal((options.Port, options.HealthPort), (ports["remoting"], ports["health"]));
        Assert.All(Probes(container), probe => Assert.Equal("health", probe.HttpGet.Port.Value));
        foreach (var path in Probes(container).Select(p => p.HttpGet.Path))
        {
            using var answer = await client.GetAsync(path);
            Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        }
    }

    static V1Probe[] Probes(V1Container container) => [container.StartupProbe, container.LivenessProbe, container.ReadinessProbe];
}
