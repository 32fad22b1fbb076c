using System.Globalization;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using Gateway.Actors.Certificates;
using Gateway.Actors.Hosting.Clustering.Remoting;

namespace Gateway.Actors.Hosting.Clustering;

/// <summary>
/// Makes an actor system a node of the gateway's cluster: membership, remoting over mutual TLS, sharding, and what nodes may say to each
/// other.
/// </summary>
public static class ClusterConfiguration
{
    /// <summary>All members, lighthouses included, must name their actor system so.</summary>
    public const string SystemName = "gateway";

    // What a phase may take beyond the time it waits by plan.
    static readonly TimeSpan s_slack = TimeSpan.FromSeconds(5);

    // After the grace period every session still has to write its last event.
    static readonly TimeSpan s_sealTime = TimeSpan.FromSeconds(15);

    static readonly Config s_common = ConfigurationFactory.FromResource(
        "Gateway.Actors.Hosting.Clustering.cluster.conf", typeof(ClusterConfiguration).Assembly);

    /// <summary>
    /// Adds everything of the cluster. Without lighthouses the node forms a cluster of its own, with the same protection.
    /// </summary>
    public static AkkaConfigurationBuilder WithGatewayCluster(
        this AkkaConfigurationBuilder akka,
        GatewayOptions options,
        INodeCertificates certificates,
        NodeIdentity identity,
        TimeProvider? time = null)
    {
        return akka
            .AddHocon(Settings(options, identity), HoconAddMode.Prepend)
            .WithMutualTls(() => certificates.Current.TargetCertificate, () => certificates.ClusterAuthorities, time ?? TimeProvider.System, certificates.IsNode)
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
                loggers.LogLevel = LogLevel.InfoLevel;
            })
            .AddStartup((system, _) =>
            {
                if (options.Cluster.Lighthouses.Count == 0) Cluster.Get(system).Join(Cluster.Get(system).SelfAddress);
                else JoinUnderWay.IsHeardBeforeLeaving(system, time ?? TimeProvider.System);
            });
    }

    /// <summary>The settings of a node; what is the same for every node lies in cluster.conf beside this file.</summary>
    public static Config Settings(GatewayOptions options, NodeIdentity identity)
    {
        var own = $$"""
            akka {
              remote.dot-netty.tcp.hostname = {{Quoted(options.Cluster.Host)}}
              remote.dot-netty.tcp.port = {{options.Cluster.Port.ToString(CultureInfo.InvariantCulture)}}
              cluster.roles = [{{string.Join(", ", identity.Roles.Select(Quoted))}}]
              cluster.seed-nodes = [{{string.Join(", ", options.Cluster.Lighthouses.Select(Seed))}}]
              coordinated-shutdown.phases.before-service-unbind.timeout = {{Milliseconds(options.Node.DrainNotice + s_slack)}}
              coordinated-shutdown.phases.service-requests-done.timeout = {{Milliseconds(options.Node.DrainGrace + s_sealTime)}}
            }
            """;
        return ConfigurationFactory.ParseString(own).WithFallback(s_common);
    }

    static string Seed(string lighthouse) => Quoted($"akka.ssl.tcp://{SystemName}@{lighthouse}");

    static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalMilliseconds}ms");

    // The options were checked; a quote or backslash here would be a way into the rest of the configuration.
    static string Quoted(string text) =>
        text.AsSpan().ContainsAny('"', '\\', '\n') ? throw new ArgumentException("Not a plain name.", nameof(text)) : $"\"{text}\"";
}
