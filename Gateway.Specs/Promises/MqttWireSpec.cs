using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Gateway.Protocols;
using Gateway.Protocols.Mqtt;
using Gateway.Specs.Support;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>
/// A real client, a real broker, and a tap inside the TLS of either leg: what the journal says was relayed is what was relayed, and no side ever sees the
/// other's credentials.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class MqttWireSpec : IAsyncLifetime
{
    const int LargePayload = 2 * 1024 * 1024;

    static readonly string[] s_everything = ["telemetry", "auditors", "operators"];

    readonly TestCertificates _upstreams = new("Upstream CA");
    readonly ConfigurationFolder _folder = new();
    readonly WireTap _brokersWire = new();
    FakeIssuer _issuer = null!;
    Mosquitto _broker = null!;
    TlsUpstream _stage = null!;
    TestNode _node = null!;

    public async Task InitializeAsync()
    {
        if (Requirement.Unmet(["mosquitto"]) is not null) return;
        var authority = _upstreams.WriteAuthority(_folder.PathOf("upstream.crt"));
        _issuer = await FakeIssuer.StartAsync();
        _broker = await Mosquitto.StartAsync(_upstreams.Server());
        _stage = new TlsUpstream(_upstreams.Server(), async gateway =>
        {
            await using var broker = await TlsClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _broker.Port), authority);
            await _brokersWire.RelayAsync(gateway, broker);
        });
        _node = await MqttNode.StartAsync(_upstreams, _stage.Port, _broker.Password, _issuer.Options());
    }

    [RequiresTheory("mosquitto")]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task What_passed_on_either_leg_is_what_the_journal_replays_byte_for_byte(MqttProtocolVersion version)
    {
        await using var front = Front();

        await TalkAsync(front.Port, MqttNode.Token(_issuer), version);

        var row = await _node.EndedAsync();
        Assert.Equal(Refusal.None, row.Closing!.Refusal);
        var toUpstream = await _node.ReplayAsync(row.SessionId, Direction.ToUpstream);
        var toClient = await _node.ReplayAsync(row.SessionId, Direction.ToClient);
        AssertSame(await front.Wire.BackAsync(), toClient);
        AssertSame(await _brokersWire.BackAsync(), toClient);
        AssertSame(Blanked(await front.Wire.ForthAsync()), toUpstream);
        AssertSame(WithoutLogin(await _brokersWire.ForthAsync()), WithoutLogin(toUpstream));
        Assert.Equal((toUpstream.LongLength, toClient.LongLength), (row.Closing.ToUpstreamBytes, row.Closing.ToClientBytes));
    }

    [RequiresFact("mosquitto")]
    public async Task The_brokers_password_and_the_clients_token_are_where_they_belong_and_nowhere_else()
    {
        await using var front = Front();
        var token = _issuer.Mint(new TokenContent { Groups = s_everything });

        await TalkAsync(front.Port, token, MqttProtocolVersion.V500);

        var row = await _node.EndedAsync();
        Assert.True(Holds(await _brokersWire.ForthAsync(), _broker.Password));
        Assert.True(Holds(await front.Wire.ForthAsync(), token));
        Assert.False(Holds(await _brokersWire.ForthAsync(), token));
        Assert.False(Holds(await front.Wire.BackAsync(), _broker.Password));
        await foreach (var (place, bytes) in EverythingKeptAsync(row.SessionId, token))
        {
            Assert.False(Holds(bytes, _broker.Password), $"{place} holds the broker's password");
            Assert.False(Holds(bytes, token), $"{place} holds the token");
        }
    }

    public async Task DisposeAsync()
    {
        if (_node is not null) await _node.DisposeAsync();
        if (_stage is not null) await _stage.DisposeAsync();
        if (_broker is not null) await _broker.DisposeAsync();
        if (_issuer is not null) await _issuer.DisposeAsync();
        _folder.Dispose();
        _upstreams.Dispose();
    }

    TlsFront Front() => new(async () => await TlsClient.ConnectAsync(_node.Address("telemetry"), _node.AuthorityFile));

    /// <summary>All qualities of service, and a message far larger than any buffer, to the broker and back.</summary>
    static async Task TalkAsync(int port, string token, MqttProtocolVersion version)
    {
        var (client, received) = await MqttClients.ConnectAsync(MqttClients.Plain(port, token, version));
        using var connected = client;
        await client.SubscribeAsync("sensors/#", MqttQualityOfServiceLevel.ExactlyOnce);
        // The client acknowledges what was received after it has told so: the first message behind shows that PUBREC was sent, the second that
        // PUBREL came and PUBCOMP was sent. Either would break the protocol behind DISCONNECT.
        MqttQualityOfServiceLevel[] settled = [MqttQualityOfServiceLevel.AtMostOnce, MqttQualityOfServiceLevel.AtMostOnce];
        foreach (var quality in Enum.GetValues<MqttQualityOfServiceLevel>().Concat(settled))
        {
            var payload = RandomNumberGenerator.GetBytes(quality == MqttQualityOfServiceLevel.ExactlyOnce ? LargePayload : 1000);
            await client.PublishBinaryAsync($"sensors/{quality}", payload, quality);
            AssertSame(payload, (await received.NextAsync()).Payload);
        }

        await client.DisconnectAsync();
    }

    /// <summary>Every place where a gateway keeps or shows something.</summary>
    async IAsyncEnumerable<(string Place, byte[] Bytes)> EverythingKeptAsync(string sessionId, string token)
    {
        foreach (var direction in new[] { Direction.ToUpstream, Direction.ToClient })
            yield return ($"the replay {direction}", await _node.ReplayAsync(sessionId, direction));
        await foreach (var e in _node.Archive.ReadAsync(sessionId, CancellationToken.None)) yield return ($"event {e.Manifest}", e.Bytes.ToArray());
        using var admin = _node.Admin(token);
        string[] paths =
        [
            "/v1/sessions", $"/v1/sessions/{sessionId}", $"/v1/sessions/{sessionId}/events", "/v1/nodes", "/v1/connections", "/v1/seal-key",
            "/metrics", "/health/ready",
        ];
        foreach (var path in paths) yield return (path, await admin.GetByteArrayAsync(path));
        foreach (var file in Directory.GetFiles(_node.Opened.Options.Node.DataDirectory, "*", SearchOption.AllDirectories))
            yield return (file, await ReadAsync(file));
        foreach (var line in _node.Log.Lines) yield return ($"the log line {line.Event} of {line.Category}", Encoding.UTF8.GetBytes(line.Text));
    }

    static async Task<byte[]> ReadAsync(string file)
    {
        // SQLite has it open for writing.
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    static bool Holds(ReadOnlySpan<byte> bytes, string secret) => bytes.IndexOf(Encoding.UTF8.GetBytes(secret)) >= 0;

    static void AssertSame(byte[] expected, byte[] actual) => Assert.Equal(
        (expected.Length, Convert.ToHexString(SHA256.HashData(expected))), (actual.Length, Convert.ToHexString(SHA256.HashData(actual))));

    static byte[] WithoutLogin(ReadOnlySpan<byte> sent)
    {
        Assert.Equal(ReadStatus.Read, FixedHeader.TryRead(sent, out var header));
        Assert.Equal(PacketType.Connect, header.Type);
        return sent[(int)header.PacketLength..].ToArray();
    }

    static byte[] Blanked(ReadOnlySpan<byte> sent)
    {
        Assert.Equal(ReadStatus.Read, FixedHeader.TryRead(sent, out var header));
        Assert.Equal(Refusal.None, ConnectPacket.TryRead(sent[header.Length..(int)header.PacketLength], out var connect, out _));
        var blanked = new ArrayBufferWriter<byte>();
        connect!.WriteBlanked(blanked);
        return [.. blanked.WrittenSpan, .. sent[(int)header.PacketLength..]];
    }
}
