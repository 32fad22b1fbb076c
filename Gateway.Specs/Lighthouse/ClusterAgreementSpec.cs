using Akka.Configuration;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.Clustering;
using Gateway.Lighthouse;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Lighthouse;

/// <summary>Nodes and lighthouses share no settings, but members that disagree here fall out with each other.</summary>
public sealed class ClusterAgreementSpec
{
    static readonly string[] s_agreed =
    [
        "akka.actor.provider",
        "akka.remote.use-passive-connections",
        "akka.remote.dot-netty.tcp.enable-ssl",
        "akka.remote.dot-netty.tcp.ssl",
        "akka.cluster.failure-detector",
        "akka.cluster.downing-provider-class",
        "akka.cluster.split-brain-resolver",
        "akka.cluster.down-removal-margin",
        "akka.coordinated-shutdown.phases.handshake-failure-guard",
        "akka.coordinated-shutdown.phases.before-service-unbind.depends-on",
    ];

    static readonly Config s_node = ClusterConfiguration.Settings(new GatewayOptions(), NodeIdentity.New("spec"));

    static readonly Config s_lighthouse =
        ConfigurationFactory.FromResource("Gateway.Lighthouse.lighthouse.conf", typeof(LighthouseOptions).Assembly);

    public static TheoryData<string> Agreed => [.. s_agreed];

    [Theory]
    [MemberData(nameof(Agreed))]
    public void Nodes_and_lighthouses_agree(string path)
    {
        var (node, lighthouse) = (s_node.GetValue(path), s_lighthouse.GetValue(path));

        Assert.NotNull(node);
        Assert.Equal(node.ToString(), lighthouse?.ToString());
    }

    [Fact]
    public void What_nodes_mark_as_agreed_is_what_is_compared()
    {
        var lines = File.ReadAllLines(Repository.File("Gateway.Actors/Hosting/Clustering/cluster.conf"));

        var marked = lines.Count(l => l.EndsWith("# (L)", StringComparison.Ordinal));

        // The settings below ssl are marked one by one.
        Assert.Equal(s_agreed.Length - 1 + 3, marked);
    }

    [Fact]
    public void Both_name_their_actor_system_alike()
    {
        var source = File.ReadAllText(Repository.File("Gateway.Lighthouse/LighthouseCluster.cs"));

        Assert.Contains($"public const string SystemName = \"{ClusterConfiguration.SystemName}\";", source, StringComparison.Ordinal);
    }
}
