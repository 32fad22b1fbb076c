using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Hosting;
using Gateway.Actors.Hosting.Clustering.Remoting;
using Gateway.Actors.Hosting.Clustering.Stability;
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

    static readonly TimeSpan s_usual = TimeSpan.FromSeconds(3);

    // Where there was a cluster, to found another one costs all its sessions: a machine that has just started has time to find its network.
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    public static void Start(AkkaConfigurationBuilder akka, IServiceProvider services)
    {
        var options = services.GetRequiredService<LighthouseOptions>();
        var certificates = services.GetRequiredService<LighthouseCertificates>();
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Gateway.Lighthouse");
        var file = services.GetRequiredService<MemberFile>();
        var known = file.Read(out var fault);
        if (fault is not null) log.LogWarning("{Fault}", fault);
        if (known.Addresses.Count > 0)
            log.LogInformation("Looking for the cluster at {Count} members that were known: {Members}", known.Addresses.Count, string.Join(", ", known.Addresses));
        akka
            .AddHocon(Settings(options, known), HoconAddMode.Prepend)
            .WithMutualTls(() => certificates.Own, () => certificates.Authorities, services.GetRequiredService<TimeProvider>())
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
                loggers.LogLevel = Akka.Event.LogLevel.InfoLevel;
            })
            .AddStartup((system, _) =>
            {
                system.ActorOf(Props.Create(() => new MemberKeeper(file, known, log)), "members");
                system.ActorOf(UnrestWatch.Props(system, services.GetRequiredService<TimeProvider>(), log), UnrestWatch.Name);
            });
    }

    public static bool IsUp(ActorSystem system)
    {
        var cluster = Cluster.Get(system);
        return !cluster.IsTerminated && cluster.SelfMember.Status == MemberStatus.Up;
    }

    /// <summary>
    /// The options were checked, and so was what is known: hosts and names are plain. Akka has the first seed, if it is this lighthouse, ask all the others
    /// whether they are in a cluster, and found one when none is, or none has answered in time.
    /// </summary>
    static Config Settings(LighthouseOptions options, KnownMembers known)
    {
        var seeds = options.Seeds.Concat(known.Addresses).Distinct(StringComparer.OrdinalIgnoreCase);
        // The others ask again as often, for as long as it takes.
        var founds = string.Equals(options.Seeds[0], options.Address, StringComparison.OrdinalIgnoreCase);
        var patience = founds && known.Addresses.Count > 0 ? s_patience : s_usual;
        var own = $$"""
            akka {
              remote.dot-netty.tcp.hostname = "{{options.Host}}"
              remote.dot-netty.tcp.port = {{options.Port.ToString(CultureInfo.InvariantCulture)}}
              cluster.roles = ["{{Role}}", "name.{{options.Name}}"]
              cluster.seed-nodes = [{{string.Join(", ", seeds.Select(seed => $"\"akka.ssl.tcp://{SystemName}@{seed}\""))}}]
              cluster.seed-node-timeout = {{patience.TotalSeconds.ToString(CultureInfo.InvariantCulture)}}s
            }
            """;
        return ConfigurationFactory.ParseString(own).WithFallback(
            ConfigurationFactory.FromResource("Gateway.Lighthouse.lighthouse.conf", typeof(LighthouseCluster).Assembly));
    }
}
