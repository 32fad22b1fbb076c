using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Mqtt;
using Gateway.Specs.Mqtt;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>
/// Whatever is wrong with a token: the record has one word for it, the client is told the same as anybody whose login is refused, and the upstream
/// hears of nothing.
/// </summary>
public sealed class BadTokensSpec(BadTokensSpec.OneNode shared) : IClassFixture<BadTokensSpec.OneNode>
{
    // Metrics are the process's: a name of its own keeps these refusals apart from those of other specs.
    const string Connection = "bad-tokens";

    // CONNACK: not authorized, and no more.
    static readonly byte[] s_old = [0x20, 2, 0, 5];
    static readonly byte[] s_new = [0x20, 20, 0, 0x87, 17, 0x1F, 0, 14, .. Encoding.ASCII.GetBytes(RefusalFacts.NotAuthorized)];

    public static TheoryData<string> Tokens => [.. BadTokens.All.Select(bad => bad.Name)];

    [Fact]
    public void There_are_enough_of_them() => Assert.True(BadTokens.All.Select(bad => bad.Name).Distinct().Count() >= 60);

    [Theory]
    [MemberData(nameof(Tokens))]
    public async Task Every_bad_token_is_refused_by_its_own_name(string token)
    {
        var bad = BadTokens.All.Single(row => row.Name == token);
        var minted = bad.Mint(shared.Issuer, TimeProvider.System.GetUtcNow());
        var level = token.Length % 2 == 0 ? ProtocolLevel.V5 : ProtocolLevel.V311;

        // The system gives the same port to another client sooner or later.
        var begun = UnixMicros.Of(TimeProvider.System.GetUtcNow());
        var (answer, from) = await LogInAsync(Frames.Connect(level, "anybody", minted));

        Assert.Equal(level == ProtocolLevel.V5 ? s_new : s_old, answer);
        await Eventually.AssertAsync(async () =>
        {
            var rows = await shared.Node.Archive.ListAsync(new SessionFilter { Open = false, After = begun, Most = 1000 }, CancellationToken.None);
            var row = Assert.Single(rows, row => row.ClientAddress == from.ToString());
            Assert.Equal((bad.Refusal, true), (row.Closing!.Refusal, row.Closing.Detail?.Length > 0));
            if (minted.Length > 40) Assert.DoesNotContain(minted[^20..], row.Closing.Detail!, StringComparison.Ordinal);
        });
        Assert.Equal(0, shared.Broker.Connections);
    }

    [Fact]
    public async Task A_sound_token_beside_them_is_let_in()
    {
        await using var broker = new TlsUpstream(shared.Upstreams.Server(), async stream =>
        {
            await stream.ReadExactlyAsync(new byte[1]);
            await stream.WriteAsync(new byte[] { 0x20, 2, 0, 0 });
            await TlsClient.ReadToEndAsync(stream);
        });
        await using var node = await MqttNode.StartAsync(shared.Upstreams, broker.Port, "unused", shared.Issuer.Options(), connection: Connection);
        await using var stream = await TlsClient.ConnectAsync(node.Address(Connection), node.AuthorityFile);

        await stream.WriteAsync(Frames.Connect(ProtocolLevel.V311, "anybody", MqttNode.Token(shared.Issuer)));

        var answer = new byte[4];
        await stream.ReadExactlyAsync(answer);
        Assert.Equal([0x20, 2, 0, 0], answer);
    }

    async Task<(byte[] Answer, EndPoint From)> LogInAsync(byte[] connect)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var from = socket.LocalEndPoint!;
        await using var tls = await TlsClient.ConnectAsync(shared.Node.Address(Connection), shared.Node.AuthorityFile, socket: socket);
        await tls.WriteAsync(connect);
        return (await TlsClient.ReadToEndAsync(tls), from);
    }

    /// <summary>One node for all of them, before an upstream that nobody may reach.</summary>
    [SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
    public sealed class OneNode : IAsyncLifetime
    {
        public TestCertificates Upstreams { get; } = new("Upstream CA");

        public FakeIssuer Issuer { get; private set; } = null!;

        public TlsUpstream Broker { get; private set; } = null!;

        public TestNode Node { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Issuer = await FakeIssuer.StartAsync();
            Broker = new TlsUpstream(Upstreams.Server(), TlsUpstream.EchoAsync);
            Node = await MqttNode.StartAsync(Upstreams, Broker.Port, "unheard", Issuer.Options(), connection: Connection);
        }

        public async Task DisposeAsync()
        {
            await Node.DisposeAsync();
            await Broker.DisposeAsync();
            await Issuer.DisposeAsync();
            Upstreams.Dispose();
        }
    }
}
