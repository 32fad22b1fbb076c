using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Akka.Actor;
using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Cli;
using Gateway.Node;
using Gateway.Protocols;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Gateway.Specs.Support;

/// <summary>
/// A whole gateway node inside the spec's process, started from configuration files as a real one is: own authority, SQLite journal, real sockets.
/// Ports are the system's choice.
/// </summary>
public sealed class TestNode : IAsyncDisposable
{
    static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    readonly ConfigurationFolder _folder;
    readonly WebApplication _app;
    readonly OpenedNode _opened;

    TestNode(ConfigurationFolder folder, WebApplication app, OpenedNode opened, NodeLog log) =>
        (_folder, _app, _opened, Log) = (folder, app, opened, log);

    public NodeLog Log { get; }

    public IServiceProvider Services => _app.Services;

    public ISessionArchive Archive => _app.Services.GetRequiredService<ISessionArchive>();

    public ISessionCommands Commands => _app.Services.GetRequiredService<ISessionCommands>();

    public OpenedNode Opened => _opened;

    /// <summary>PEM file of the authority that issued the node's certificate.</summary>
    public string AuthorityFile => Path.Combine(_opened.Options.Node.DataDirectory, "ca.crt");

    /// <summary>Starts a node for the connections of <paramref name="yaml"/> and waits until it is ready.</summary>
    /// <param name="yaml">The connections file. Files it names are in <paramref name="folder"/>.</param>
    /// <param name="folder">Where configuration and data live; deleted with the node.</param>
    /// <param name="settings">More settings below <c>Gateway:</c>.</param>
    /// <param name="issuers">Issuers of tokens.</param>
    public static async Task<TestNode> StartAsync(
        ConfigurationFolder folder, string yaml, IReadOnlyDictionary<string, string?>? settings = null, params IssuerOptions[] issuers)
    {
        folder.Write("connections.yaml", yaml);
        folder.Write("appsettings.json", JsonSerializer.Serialize(new { Gateway = Settings(issuers) }));
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = folder.Root });
        builder.Configuration.AddInMemoryCollection((settings ?? new Dictionary<string, string?>()).ToDictionary(s => $"Gateway:{s.Key}", s => s.Value));
        var log = new NodeLog();
        builder.Logging.ClearProviders().AddProvider(log);
        var configuration = NodeConfiguration.Read(builder.Configuration, folder.Root);
        Assert.Empty(configuration.Faults);
        var opened = await OpenedNode.OpenAsync(configuration.Options, configuration.Connections, TimeProvider.System, LoggerFactory.Create(l => l.AddProvider(log)), CancellationToken.None, configuration.Certificates);
        var app = NodeHost.Build(builder, opened);
        await app.StartAsync();
        var node = new TestNode(folder, app, opened, log);
        await node.WhenReadyAsync();
        return node;
    }

    /// <summary>The node's admin API.</summary>
    public string AdminUrl
    {
        get
        {
            var address = Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            return $"https://localhost:{new Uri(address).Port}";
        }
    }

    /// <summary>Where the connection listens on loopback.</summary>
    public IPEndPoint Address(string connection) =>
        new(IPAddress.Loopback, Services.GetRequiredService<IConnections>().All.Single(c => c.Name == connection).Listen.Port);

    /// <summary>
    /// The port on loopback of a connection, of the admin API (<c>admin</c>), or at which other nodes speak to it (<c>remoting</c>).
    /// </summary>
    public int PortOf(string name) => name switch
    {
        "admin" => new Uri(AdminUrl).Port,
        "remoting" => Akka.Cluster.Cluster.Get(Services.GetRequiredService<ActorSystem>()).SelfAddress.Port!.Value,
        _ => Address(name).Port,
    };

    /// <summary>A client of the node's admin API with this token.</summary>
    public HttpClient Admin(string token)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(AuthorityFile);
        var client = new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust } });
        client.BaseAddress = new Uri(AdminUrl);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Runs the <c>gateway</c> command against this node.</summary>
    public async Task<(int Code, string Output)> GatewayAsync(string token, params string[] command)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        string[] whole = [.. command, "--node", AdminUrl, "--ca", AuthorityFile];
        var code = await CommandLine.RunAsync(whole, new CliOutput(output, errors), name => name == "GATEWAY_TOKEN" ? token : null);
        return (code, $"{output}{errors}");
    }

    /// <summary>The one session that matches, once it has ended.</summary>
    public async Task<SessionRow> EndedAsync(Func<SessionRow, bool>? matches = null)
    {
        SessionRow? row = null;
        await Eventually.AssertAsync(async () =>
        {
            var rows = await Archive.ListAsync(new SessionFilter { Open = false }, CancellationToken.None);
            row = Assert.Single(rows, r => matches?.Invoke(r) ?? true);
        });
        return row!;
    }

    /// <summary>Everything the journal holds of one direction; <paramref name="ended"/> is false for a session that still runs.</summary>
    public async Task<byte[]> ReplayAsync(string sessionId, Direction direction, bool ended = true)
    {
        var bytes = new MemoryStream();
        await foreach (var piece in SessionReplay.PiecesAsync(Archive, sessionId, Archive.ReadAsync(sessionId, CancellationToken.None), ended))
        {
            if (piece.Direction == direction) bytes.Write(piece.Bytes.Span);
        }

        return bytes.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await DisposeAsync(keepFiles: false);
    }

    public void DeleteFiles() => _folder.Dispose();

    public async Task DisposeAsync(bool keepFiles)
    {
        using var limit = new CancellationTokenSource(s_deadline);
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
        _opened.Dispose();
        if (!keepFiles) DeleteFiles();
    }

    Task WhenReadyAsync() => Eventually.AssertAsync(() =>
    {
        var failed = Services.GetServices<IReadiness>().SelectMany(r => r.Checks).Where(c => !c.Ok).ToArray();
        Assert.True(failed.Length == 0, string.Join("; ", failed.Select(c => $"{c.Name}: {c.Problem}")));
        return Task.CompletedTask;
    });

    static object Settings(IssuerOptions[] issuers) => new
    {
        Node = new { Name = "spec", DrainNotice = "0s", DrainGrace = "1s" },
        Cluster = new { Port = 0 },
        Admin = new
        {
            Port = 0,
            AuditorGroups = issuers.Length > 0 ? new[] { "auditors" } : [],
            OperatorGroups = issuers.Length > 0 ? new[] { "operators" } : [],
        },
        Issuers = issuers.Select(i => new { i.Name, i.Authority, i.Audience, i.AuthoritiesFile, i.CliClientId, i.CliResource }),
    };
}
