using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using Gateway.Actors.Certificates;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.Clustering;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Specs.Support;

/// <summary>A member of a real cluster in this process: an actor system with the settings of a node, and what else a spec adds.</summary>
public sealed class ClusterNode : IAsyncDisposable
{
    readonly IHost _host;

    ClusterNode(IHost host, NodeIdentity identity)
    {
        (_host, Identity) = (host, identity);
        System = host.Services.GetRequiredService<ActorSystem>();
        View = new ClusterView(System, identity);
    }

    public ActorSystem System { get; }

    public NodeIdentity Identity { get; }

    public ClusterView View { get; }

    /// <summary>Where other nodes find this one, as <c>host:port</c>.</summary>
    public string Address => $"{Cluster.Get(System).SelfAddress.Host}:{Cluster.Get(System).SelfAddress.Port}";

    /// <summary>Starts a node on a free port. Without lighthouses it is a cluster of its own.</summary>
    public static async Task<ClusterNode> StartAsync(
        string name, INodeCertificates certificates, string[] lighthouses, Action<AkkaConfigurationBuilder>? more = null)
    {
        var identity = NodeIdentity.New(name);
        var options = new GatewayOptions { Cluster = new ClusterOptions { Host = "127.0.0.1", Port = 0, Lighthouses = lighthouses } };
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLogging(l => l.SetMinimumLevel(LogLevel.None));
        builder.Services.AddAkka(ClusterConfiguration.SystemName, (akka, _) =>
        {
            akka.WithGatewayCluster(options, certificates, identity);
            more?.Invoke(akka);
        });
        var host = builder.Build();
        await host.StartAsync();
        return new ClusterNode(host, identity);
    }

    /// <summary>Waits until this node sees exactly so many members, all up and reachable.</summary>
    public Task SeesAsync(int members, TimeSpan? deadline = null) =>
        Eventually.TrueAsync(() => View.Nodes.Count == members && View.Nodes.All(n => n is { Status: "up", Reachable: true }), deadline);

    /// <summary>Leaves the cluster and stops.</summary>
    public Task LeaveAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}

/// <summary>A node's certificates as a spec sets them, at any time.</summary>
public sealed class SpecNodeCertificates(X509Certificate2 own, X509Certificate2Collection authorities) : INodeCertificates
{
    public SslStreamCertificateContext Current { get; private set; } = Context(own);

    public X509Certificate2Collection ClusterAuthorities { get; set; } = authorities;

    public void Renew(X509Certificate2 certificate) => Current = Context(certificate);

    static SslStreamCertificateContext Context(X509Certificate2 certificate) =>
        SslStreamCertificateContext.Create(certificate, null, offline: true);
}
