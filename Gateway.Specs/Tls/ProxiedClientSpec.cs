using System.Net;
using System.Text;
using Gateway.Actors.Accept;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Tls;

public sealed class ProxiedClientOverOpenSslSpec() : ProxiedClientSpec("openssl");

public sealed class ProxiedClientOverSslStreamSpec() : ProxiedClientSpec("sslstream");

/// <summary>The PROXY header before a handshake with each engine. Every client here connects from 127.0.0.1.</summary>
public abstract class ProxiedClientSpec(string engine) : IDisposable
{
    const string Header = "PROXY TCP4 192.0.2.7 198.51.100.1 40112 8883\r\n";

    static readonly ConnectionProfile s_direct = TestProfiles.For(TestProfiles.Tls13);
    static readonly ConnectionProfile s_behind = s_direct with { ProxiesFrom = [IPNetwork.Parse("127.0.0.0/8")] };
    static readonly ConnectionProfile s_elsewhere = s_direct with { ProxiesFrom = [IPNetwork.Parse("10.0.0.0/8")] };

    readonly HandshakeBench _bench = new(engine);

    public void Dispose()
    {
        _bench.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_client_is_who_the_balancer_says_and_TLS_loses_no_byte(bool dribbles)
    {
        var (gateway, client) = await _bench.MeetAsync(s_behind, wire: network => Begun(network, Header, dribbles));

        Assert.True(gateway.Verdict.IsGranted, gateway.Verdict.Detail);
        Assert.Equal("192.0.2.7:40112", gateway.Client.Address);
        await client!.WriteAsync("ping"u8.ToArray(), _bench.Deadline);
        var read = new byte[4];
        await gateway.Verdict.Value.Stream.ReadExactlyAsync(read, _bench.Deadline);
        Assert.Equal("ping"u8.ToArray(), read);
    }

    [Fact]
    public async Task A_balancer_that_looks_whether_somebody_listens_is_itself_the_client()
    {
        var (gateway, _) = await _bench.MeetAsync(s_behind, wire: network => Begun(network, "\r\n\r\n\0\r\nQUIT\n\u0020\0\0\0", dribbles: false));

        Assert.True(gateway.Verdict.IsGranted, gateway.Verdict.Detail);
        Assert.StartsWith("127.0.0.1:", gateway.Client.Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_balancer_that_says_nothing_is_refused_by_name()
    {
        var (gateway, client) = await _bench.MeetAsync(s_behind);

        Assert.Null(client);
        Assert.Equal(Refusal.ProxyHeaderMissing, gateway.Verdict.Refusal);
        Assert.Equal("127.0.0.1 is one of listen.proxyProtocol.from and sent none", gateway.Verdict.Detail);
    }

    [Fact]
    public async Task A_client_that_connects_from_elsewhere_is_served_as_who_it_is()
    {
        var (gateway, _) = await _bench.MeetAsync(s_elsewhere);

        Assert.True(gateway.Verdict.IsGranted, gateway.Verdict.Detail);
        Assert.StartsWith("127.0.0.1:", gateway.Client.Address, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nobody_else_may_say_who_the_client_is(bool hasBalancers)
    {
        var (gateway, answer) = await _bench.AnswerToAsync(Encoding.ASCII.GetBytes(Header), hasBalancers ? s_elsewhere : s_direct);

        Assert.Empty(answer);
        Assert.Equal(Refusal.ProxyHeaderUntrusted, gateway.Verdict.Refusal);
        Assert.StartsWith("127.0.0.1:", gateway.Client.Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_that_cannot_be_read_is_refused_with_its_fault()
    {
        var (gateway, answer) = await _bench.AnswerToAsync("PROXY UNKNOWN\r\n"u8.ToArray(), s_behind);

        Assert.Empty(answer);
        Assert.Equal((Refusal.ProxyHeaderMalformed, "it does not know the client's address (UNKNOWN)"), (gateway.Verdict.Refusal, gateway.Verdict.Detail));
    }

    [Fact]
    public async Task A_header_that_never_ends_is_waited_for_within_the_handshakes_deadline()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var pair = await LoopbackPair.ConnectAsync();
        var gateway = _bench.SecureAsync(pair, s_behind, soon.Token);

        await pair.Client.SendAsync("PROXY TCP4 "u8.ToArray());

        Assert.Equal(Refusal.TlsHandshakeTooSlow, (await gateway).Verdict.Refusal);
    }

    [Fact]
    public async Task A_header_is_taken_once_and_what_follows_has_to_be_TLS()
    {
        var (gateway, _) = await _bench.AnswerToAsync(Encoding.ASCII.GetBytes(Header + Header), s_behind);

        Assert.Equal(Refusal.PlaintextOnTlsPort, gateway.Verdict.Refusal);
        Assert.Equal("192.0.2.7:40112", gateway.Client.Address);
    }

    [Fact]
    public async Task An_address_that_has_all_the_handshakes_it_may_have_is_refused_before_its_next_and_others_have_theirs()
    {
        _bench.Addresses = new AddressLimits(new LimitOptions { HandshakesPerAddress = 2 }, TimeProvider.System);
        var client = IPAddress.Parse("192.0.2.7");
        using var over = new CancellationTokenSource();
        var pair = await LoopbackPair.ConnectAsync();
        var silent = _bench.SecureAsync(pair, s_behind, over.Token);
        await pair.Client.SendAsync(Encoding.ASCII.GetBytes(Header));
        // Looked at without taking a place, even for a moment: the silent client would be refused in that moment.
        await Eventually.TrueAsync(() => _bench.Addresses.Count == 1);
        using var second = _bench.Addresses.TryEnter(client, out _);

        Assert.NotNull(second);
        var (refused, answer) = await _bench.AnswerToAsync(Encoding.ASCII.GetBytes(Header), s_behind);
        var (other, _) = await _bench.MeetAsync(s_behind, wire: network => Begun(network, Header.Replace("2.7", "2.8", StringComparison.Ordinal), dribbles: false));

        Assert.Empty(answer);
        Assert.Equal((Refusal.TooManyFromAddress, "192.0.2.7:40112"), (refused.Verdict.Refusal, refused.Client.Address));
        Assert.True(other.Verdict.IsGranted, other.Verdict.Detail);
        await over.CancelAsync();
        Assert.Equal(Refusal.TlsHandshakeTooSlow, (await silent).Verdict.Refusal);
        using var next = _bench.Addresses.TryEnter(client, out _);
        Assert.NotNull(next);
    }

    static Stream Begun(Stream network, string header, bool dribbles)
    {
        Stream wire = dribbles ? new DribblingStream(network) : network;
        wire.Write(Encoding.Latin1.GetBytes(header));
        return wire;
    }
}
