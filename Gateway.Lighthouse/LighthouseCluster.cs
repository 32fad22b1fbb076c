using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Hosting;
using Gateway.Actors.Hosting.Clustering.Remoting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Lighthouse;

/// <summary>
/// The member of the gateway's cluster that others join through. It carries no traffic, and no sharding or shared data reaches it.
/// </summary>
static class LighthouseCluster
{
    public const string SystemName = "gateway";

    const string Role = "lighthouse";

    public static void Start(AkkaConfigurationBuilder akka, IServiceProvider services)
    {
        var options = services.GetRequiredService<LighthouseOptions>();
        var certificates = services.GetRequiredService<LighthouseCertificates>();
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Gateway.Lighthouse");
        akka
            .AddHocon(Settings(options), HoconAddMode.Prepend)
            .WithMutualTls(() => certificates.Own, () => certificates.Authorities, services.GetRequiredService<TimeProvider>())
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
                loggers.LogLevel = Akka.Event.LogLevel.InfoLevel;
            })
            .AddStartup((system, _) => Cluster.Get(system).RegisterOnMemberUp(
                () => log.LogInformation("Lighthouse {Name} is up at {Address}", options.Name, options.Address)));
    }

    public static bool IsUp(ActorSystem system)
    {
        var cluster = Cluster.Get(system);
        return !cluster.IsTerminated && cluster.SelfMember.Status == MemberStatus.Up;
    }

    /// <summary>The options were checked: hosts and names are plain.</summary>
    static Config Settings(LighthouseOptions options)
    {
        var own = $$"""
            akka {
              remote.dot-netty.tcp.hostname = "{{options.Host}}"
              remote.dot-netty.tcp.port = {{options.Port.ToString(CultureInfo.InvariantCulture)}}
              cluster.roles = ["{{Role}}", "name.{{options.Name}}"]
              cluster.seed-nodes = [{{string.Join(", ", options.Seeds.Select(seed => $"\"akka.ssl.tcp://{SystemName}@{seed}\""))}}]
            }
            """;
        return ConfigurationFactory.ParseString(own).WithFallback(
            ConfigurationFactory.FromResource("Gateway.Lighthouse.lighthouse.conf", typeof(LighthouseCluster).Assembly));
    }
}
