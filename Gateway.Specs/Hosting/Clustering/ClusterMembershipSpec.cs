using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Cluster;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Hosting.Clustering;

public sealed class ClusterMembershipSpec : IAsyncLifetime, IDisposable
{
    readonly TestCertificates _authority = new();

    ClusterNode _first = null!;

    public async Task InitializeAsync() => _first = await ClusterNode.StartAsync("first", Trusted("first"), []);

    public Task DisposeAsync() => _first.DisposeAsync().AsTask();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Without_lighthouses_a_node_is_a_ready_cluster_of_its_own()
    {
        await _first.SeesAsync(1);

        var own = Assert.Single(_first.View.Nodes);
        Assert.Equal((_first.Identity.Key, "first", _first.Address), (own.Key, own.Name, own.Address));
        Assert.Equal(["gateway"], own.Roles);
        Assert.True(_first.View.Readiness.Ok);
    }

    [Fact]
    public async Task Nodes_of_one_authority_form_a_cluster_and_know_each_other_by_name_and_key()
    {
        await using var second = await ClusterNode.StartAsync("second", Trusted("second"), [_first.Address]);

        await second.SeesAsync(2);
        await _first.SeesAsync(2);

        Assert.Equal(["first", "second"], second.View.Nodes.Select(n => n.Name));
        Assert.Equal([_first.Identity.Key, second.Identity.Key], _first.View.Nodes.Select(n => n.Key));
    }

    [Fact]
    public async Task A_node_that_leaves_is_a_member_no_more()
    {
        await using var second = await ClusterNode.StartAsync("second", Trusted("second"), [_first.Address]);
        await _first.SeesAsync(2);
        await second.SeesAsync(2);

        await second.LeaveAsync();

        await _first.SeesAsync(1);
        Assert.Equal("this node has left the cluster", second.View.Readiness.Problem);
    }

    [Fact]
    public async Task A_node_told_to_stop_before_it_has_heard_that_it_was_let_in_leaves_all_the_same()
    {
        var (joins, removed) = (new TaskCompletionSource(), new TaskCompletionSource<MemberStatus>());
        _first.System.ActorOf(Props.Create(() => new Doorkeeper(joins, removed)));
        await using var second = await ClusterNode.StartAsync("second", Trusted("second"), [_first.Address]);

        await joins.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await second.LeaveAsync();

        Assert.Equal(MemberStatus.Exiting, await removed.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await _first.SeesAsync(1);
    }

    [Fact]
    public async Task A_node_of_a_strange_authority_cannot_join_and_learns_nothing()
    {
        using var stranger = new TestCertificates("Strange CA");
        var certificates = new SpecNodeCertificates(stranger.Server(), [.. stranger.Authorities, .. _authority.Authorities]);
        _first.System.ActorOf(Props.Create(() => new Echo()), "echo");

        await using var second = await ClusterNode.StartAsync("second", certificates, [_first.Address]);

        var echo = second.System.ActorSelection($"akka.ssl.tcp://gateway@{_first.Address}/user/echo");
        await Assert.ThrowsAsync<AskTimeoutException>(() => echo.Ask<string>("hello", TimeSpan.FromSeconds(5)));
        Assert.Single(_first.View.Nodes);
        Assert.Equal("this node has not joined the cluster", second.View.Readiness.Problem);
    }

    [Fact]
    public async Task A_node_does_not_speak_to_a_cluster_of_a_strange_authority_though_that_would_let_it_in()
    {
        using var stranger = new TestCertificates("Strange CA");
        var trusting = new SpecNodeCertificates(stranger.Server(), [.. stranger.Authorities, .. _authority.Authorities]);
        await using var lure = await ClusterNode.StartAsync("lure", trusting, []);

        await using var second = await ClusterNode.StartAsync("second", Trusted("second"), [lure.Address]);

        var echo = second.System.ActorSelection($"akka.ssl.tcp://gateway@{lure.Address}/user/echo");
        await Assert.ThrowsAsync<AskTimeoutException>(() => echo.Ask<string>("hello", TimeSpan.FromSeconds(5)));
        Assert.Single(lure.View.Nodes);
    }

    [Fact]
    public async Task A_connection_without_a_client_certificate_is_closed()
    {
        Assert.False(await AnswersAsync(null));
    }

    [Fact]
    public async Task A_connection_with_a_certificate_for_clients_only_is_closed()
    {
        Assert.False(await AnswersAsync(_authority.ForClientsOnly()));
    }

    [Fact]
    public async Task A_connection_with_an_expired_certificate_is_closed()
    {
        Assert.False(await AnswersAsync(_authority.Expired()));
    }

    [Fact]
    public async Task A_connection_with_a_nodes_certificate_stays_open()
    {
        Assert.True(await AnswersAsync(_authority.Server()));
    }

    [Fact]
    public async Task A_plaintext_connection_is_closed_unanswered()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", Port(_first));

        await socket.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());

        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        Assert.Equal(0, await ReadAsync(socket.GetStream(), late.Token));
    }

    SpecNodeCertificates Trusted(string name) => new(_authority.Server(name, "127.0.0.1"), _authority.Authorities);

    static int Port(ClusterNode node) => int.Parse(node.Address.Split(':')[1]);

    // Open means: the node reads on, for it has nothing to say before an Akka handshake.
    async Task<bool> AnswersAsync(X509Certificate2? certificate)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", Port(_first));
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "first",
            ClientCertificates = certificate is null ? null : [certificate],
            CertificateChainPolicy = TrustsAuthority(),
        });
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            return await ReadAsync(tls, patience.Token) > 0;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    X509ChainPolicy TrustsAuthority()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_authority.Authorities);
        return policy;
    }

    static async Task<int> ReadAsync(Stream stream, CancellationToken cancel)
    {
        try
        {
            return await stream.ReadAsync(new byte[16], cancel);
        }
        catch (Exception fault) when (fault is IOException or AuthenticationException)
        {
            return 0;
        }
    }

    // Says that a second node joins in the moment in which this one lets it in, and at last whether it left or was given up.
    sealed class Doorkeeper : ReceiveActor
    {
        readonly Cluster _cluster = Cluster.Get(Context.System);

        public Doorkeeper(TaskCompletionSource joins, TaskCompletionSource<MemberStatus> removed)
        {
            Receive<ClusterEvent.MemberRemoved>(e => removed.TrySetResult(e.PreviousStatus));
            Receive<ClusterEvent.IMemberEvent>(e => e.Member.UniqueAddress != _cluster.SelfUniqueAddress, _ => joins.TrySetResult());
        }

        protected override void PreStart() => _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));

        protected override void PostStop() => _cluster.Unsubscribe(Self);
    }

    sealed class Echo : ReceiveActor
    {
        public Echo() => Receive<string>(text => Sender.Tell(text));
    }
}
