using System.Net;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Gateway.Actors.Hosting;
using Gateway.Actors.Sessions;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Lighthouse;

public sealed class LighthouseProcessSpec : IDisposable
{
    const string EndOfSession = "end";

    readonly TestCertificates _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Nodes_join_through_a_lighthouse_share_sessions_and_see_it_leave_in_order()
    {
        await using var lighthouse = await LighthouseProcess.StartAsync(_authority);
        await using var first = await ClusterNode.StartAsync("first", Certificates(), [lighthouse.Address]);
        await using var second = await ClusterNode.StartAsync("second", Certificates(), [lighthouse.Address]);

        await Task.WhenAll(first.SeesAsync(3), second.SeesAsync(3));

        Assert.Equal(["lighthouse"], first.View.Nodes.Single(n => n.Name == "lighthouse-0").Roles);
        await SessionLivesWhereItWasOpened(first, second);
        Assert.Equal(0, await lighthouse.Process.TerminateAsync());
        await first.SeesAsync(2);
        Assert.DoesNotContain("no serializer", lighthouse.Process.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Whom_it_knew_it_asks_after_a_power_failure_and_where_nobody_answers_it_founds_a_cluster_and_says_so()
    {
        var lighthouse = await LighthouseProcess.StartAsync(_authority);
        try
        {
            Assert.Contains("this is a new one", lighthouse.Process.Output, StringComparison.Ordinal);
            await using (var node = await ClusterNode.StartAsync("node", Certificates(), [lighthouse.Address]))
            {
                await node.SeesAsync(2);
                var members = Path.Combine(lighthouse.Directory, "data", "members");
                await Eventually.AssertAsync(async () => Assert.Equal($"{node.Address}\n", await File.ReadAllTextAsync(members)));
            }

            await lighthouse.Process.KillAsync();
            lighthouse = await lighthouse.StartAgainAsync();

            Assert.Contains("Looking for the cluster at 1 members that were known", lighthouse.Process.Output, StringComparison.Ordinal);
            Assert.Contains("this is a new one", lighthouse.Process.Output, StringComparison.Ordinal);
        }
        finally
        {
            await lighthouse.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_file_of_members_that_is_garbage_is_warned_of_once_and_the_seeds_count()
    {
        using var folder = new ConfigurationFolder();
        Directory.CreateDirectory(folder.PathOf("data"));
        folder.Write("data/members", "\"], akka.loglevel = OFF\n");

        await using var process = SpecProcess.Start(
            "gateway-lighthouse", folder.Root, LighthouseProcess.Settings(_authority, folder.Root, FreePort.Next(), FreePort.Next()));

        Assert.True(await process.PrintsAsync("is up at"), process.Output);
        Assert.Single(process.Output.Split('\n'), line => line.Contains("warn:", StringComparison.Ordinal));
        Assert.Contains("data/members: has in line 1 what is not host:port; the cluster is looked for at the configured seeds alone", process.Output, StringComparison.Ordinal);
        await Eventually.AssertAsync(async () => Assert.Empty(await File.ReadAllTextAsync(folder.PathOf("data/members"))));
    }

    [Fact]
    public async Task A_lighthouse_says_that_it_lives_and_is_ready()
    {
        await using var lighthouse = await LighthouseProcess.StartAsync(_authority);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{lighthouse.HealthPort}") };

        await Eventually.AssertAsync(async () => Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/ready")).StatusCode));

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/live")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/")).StatusCode);
    }

    [Fact]
    public async Task A_node_of_a_strange_authority_is_refused_and_the_lighthouse_stays()
    {
        using var stranger = new TestCertificates("Strange CA");
        await using var lighthouse = await LighthouseProcess.StartAsync(_authority);
        var certificates = new SpecNodeCertificates(stranger.Server(), [.. stranger.Authorities, .. _authority.Authorities]);

        await using var strange = await ClusterNode.StartAsync("strange", certificates, [lighthouse.Address]);

        Assert.True(await lighthouse.Process.PrintsAsync("as a member of this cluster: PartialChain"));
        Assert.Empty(strange.View.Nodes);
        await using var node = await ClusterNode.StartAsync("node", Certificates(), [lighthouse.Address]);
        await node.SeesAsync(2);
    }

    [Fact]
    public async Task Renewed_files_are_taken_over_while_it_runs()
    {
        using var newAuthority = new TestCertificates("New CA");
        await using var lighthouse = await LighthouseProcess.StartAsync(_authority);

        TestCertificates.Write(newAuthority.Server("lighthouse", "127.0.0.1"), lighthouse.Directory, "lighthouse");
        newAuthority.WriteAuthority(Path.Combine(lighthouse.Directory, "authority.crt"));

        await using var node = await ClusterNode.StartAsync(
            "node", new SpecNodeCertificates(newAuthority.Server(), newAuthority.Authorities), [lighthouse.Address]);
        await node.SeesAsync(2);
    }

    [Fact]
    public async Task Every_fault_of_its_settings_is_printed_before_it_starts()
    {
        using var folder = new ConfigurationFolder();
        var settings = LighthouseProcess.Settings(_authority, folder.Root, 4053, 4054);
        settings["Lighthouse__Port"] = "65536";
        settings["Lighthouse__Colour"] = "red";
        settings.Remove("Lighthouse__KeyFile");

        await using var process = SpecProcess.Start("gateway-lighthouse", folder.Root, settings);

        Assert.Equal(1, await process.ExitAsync());
        Assert.Equal(3, process.Output.Split('\n').Length);
        Assert.DoesNotContain("Starting remoting", process.Output, StringComparison.Ordinal);
    }

    // Sharding, its coordinator and its shared data run beside a member that has none of their assemblies, behind the closed list of
    // messages.
    static async Task SessionLivesWhereItWasOpened(ClusterNode first, ClusterNode second)
    {
        var (here, there) = (await RegionAsync(first), await RegionAsync(second));
        var id = SessionIds.New(first.Identity.Key, TimeProvider.System);
        Assert.Equal(first.Identity.Key, (await here.Ask<SessionState>(new ShowSession(id), TimeSpan.FromSeconds(20))).NodeKey);

        var shown = await there.Ask<SessionState>(new ShowSession(id), TimeSpan.FromSeconds(20));

        Assert.Equal((id, first.Identity.Key), (shown.SessionId, shown.NodeKey));
    }

    static Task<IActorRef> RegionAsync(ClusterNode node) => ClusterSharding.Get(node.System).StartAsync(
        "session", _ => Props.Create(() => new Session(node.Identity)), ClusterShardingSettings.Create(node.System), new SessionExtractor(),
        new RequesterAllocation(), EndOfSession);

    SpecNodeCertificates Certificates() => new(_authority.Server(), _authority.Authorities);

    sealed class Session : ReceiveActor
    {
        public Session(NodeIdentity node)
        {
            Receive<ShowSession>(m => Sender.Tell(new SessionState(m.SessionId, SessionPhase.Streaming, node.Key, 1, 2, 3)));
            Receive<string>(_ => Context.Stop(Self));
        }
    }
}
