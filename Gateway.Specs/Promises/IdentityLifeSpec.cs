using System.Diagnostics.CodeAnalysis;
using System.Text;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>An identity ends its sessions when it ends: by its time, by an operator, idle or not; or it is renewed within the session.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class IdentityLifeSpec : IAsyncLifetime
{
    // Metrics are the process's: a name of its own keeps these refusals apart from those of other specs.
    const string Connection = "identity-life";

    static readonly string[] s_groups = ["telemetry"];

    readonly TestCertificates _upstreams = new("Upstream CA");
    FakeIssuer _issuer = null!;
    Mosquitto _broker = null!;
    TestNode _node = null!;

    public async Task InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _broker = await Mosquitto.StartAsync(_upstreams.Server());
        _node = await MqttNode.StartAsync(
            _upstreams, _broker.Port, _broker.Password, _issuer.Options(), connection: Connection,
            settings: [("Issuers:0:ClockSkew", "0s"), ("Limits:ExpiryWarning", "2s")]);
    }

    [RequiresFact("mosquitto")]
    public async Task An_idle_session_is_warned_of_and_ended_when_its_token_expires()
    {
        var (client, _) = await MqttClients.ConnectAsync(Options(Token(seconds: 4)));
        var left = WhenLeft(client);

        Assert.Equal(MqttClientDisconnectReason.MaximumConnectTime, (await left.WaitAsync(MqttClients.Patience)).Reason);

        client.Dispose();
        var row = await _node.EndedAsync();
        Assert.Equal(Refusal.IdentityExpired, row.Closing!.Refusal);
        var events = await EventsAsync(row.SessionId);
        var confirmed = Assert.Single(events.OfType<AccessConfirmed>());
        Assert.Equal(("access.groups", "first", false), (confirmed.Rule, confirmed.TokenId, confirmed.Renewed));
        var warning = Assert.Single(events.OfType<AccessEnding>());
        Assert.Equal((confirmed.Until, Refusal.IdentityExpired), (warning.Until, warning.Refusal));
        Assert.InRange(warning.Until - warning.At, 1, 2_100_000);
        Assert.Single(_node.Log.Lines, line => line.Event == 107);
    }

    [RequiresFact("mosquitto")]
    public async Task A_client_that_brings_a_fresh_token_by_auth_outlives_the_first_and_the_broker_hears_nothing_of_it()
    {
        var answers = new AuthAnswers();
        var (client, received) = await MqttClients.ConnectAsync(Renewing(Token(seconds: 4), answers));
        using (client)
        {
            await client.SubscribeAsync("a", MqttQualityOfServiceLevel.AtLeastOnce);
            var until = TimeProvider.System.GetUtcNow().AddSeconds(5);

            await RenewAsync(client, Token(seconds: 300, id: "second"));

            Assert.Equal(MqttAuthenticateReasonCode.Success, await answers.NextAsync());
            await Eventually.TrueAsync(() => TimeProvider.System.GetUtcNow() > until);
            await client.PublishStringAsync("a", "still here", MqttQualityOfServiceLevel.AtLeastOnce);
            Assert.Equal("still here", Encoding.UTF8.GetString((await received.NextAsync()).Payload));
            await client.DisconnectAsync();
        }

        var row = await _node.EndedAsync();
        Assert.Equal(Ending.ClosedByClient, row.Closing!.Ending);
        var events = await EventsAsync(row.SessionId);
        Assert.Equal([("first", false), ("second", true)], events.OfType<AccessConfirmed>().Select(e => (e.TokenId, e.Renewed)));
        var recorded = Encoding.Latin1.GetString(await _node.ReplayAsync(row.SessionId, Direction.ToUpstream));
        Assert.DoesNotContain("eyJ", recorded, StringComparison.Ordinal);
    }

    [RequiresFact("mosquitto")]
    public async Task A_fresh_token_of_somebody_else_ends_the_session()
    {
        var (client, _) = await MqttClients.ConnectAsync(Renewing(Token(), new AuthAnswers()));
        var left = WhenLeft(client);

        await RenewAsync(client, _issuer.Mint(new TokenContent { Subject = "mallory", Groups = s_groups }));

        Assert.Equal(MqttClientDisconnectReason.NotAuthorized, (await left.WaitAsync(MqttClients.Patience)).Reason);
        client.Dispose();
        Assert.Equal(Refusal.IdentityChanged, (await _node.EndedAsync()).Closing!.Refusal);
    }

    [RequiresFact("mosquitto")]
    public async Task An_expired_token_brought_by_auth_ends_the_session()
    {
        var (client, _) = await MqttClients.ConnectAsync(Renewing(Token(), new AuthAnswers()));
        var left = WhenLeft(client);

        await RenewAsync(client, Token(seconds: -60));

        Assert.Equal(MqttClientDisconnectReason.NotAuthorized, (await left.WaitAsync(MqttClients.Patience)).Reason);
        client.Dispose();
        Assert.Equal(Refusal.TokenExpired, (await _node.EndedAsync()).Closing!.Refusal);
    }

    [RequiresFact("mosquitto")]
    public async Task Who_is_revoked_loses_an_idle_session_at_once_and_gets_no_other_until_that_is_lifted()
    {
        var (client, _) = await MqttClients.ConnectAsync(Options(Token()));
        var left = WhenLeft(client);
        var at = TimeProvider.System.GetTimestamp();

        await ChangeAsync(new Revoked { Act = NewAct(), Kind = RevocationKind.Subject, Value = "alice", Reason = "laptop stolen" });

        Assert.Equal(MqttClientDisconnectReason.NotAuthorized, (await left.WaitAsync(MqttClients.Patience)).Reason);
        Assert.InRange(TimeProvider.System.GetElapsedTime(at), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        client.Dispose();
        Assert.Equal(Refusal.IdentityRevoked, (await _node.EndedAsync()).Closing!.Refusal);
        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, await TryAsync(Token()));
        await ChangeAsync(new RevocationLifted { Act = NewAct(), Kind = RevocationKind.Subject, Value = "alice", Reason = "found" });
        Assert.Equal(MqttClientConnectResultCode.Success, await TryAsync(Token()));
    }

    [RequiresFact("mosquitto")]
    public async Task A_revoked_token_ends_its_own_session_and_no_other()
    {
        var (other, _) = await MqttClients.ConnectAsync(Options(Token(id: "other")));
        var (client, _) = await MqttClients.ConnectAsync(Options(Token(id: "stolen")));
        var left = WhenLeft(client);

        await ChangeAsync(new Revoked { Act = NewAct(), Kind = RevocationKind.Token, Value = "stolen", Reason = "seen in a log" });

        Assert.Equal(MqttClientDisconnectReason.NotAuthorized, (await left.WaitAsync(MqttClients.Patience)).Reason);
        await other.PingAsync();
        other.Dispose();
        client.Dispose();
    }

    [RequiresFact("mosquitto")]
    public async Task A_temporary_grant_lets_its_subject_in_and_its_withdrawal_ends_the_session()
    {
        var token = _issuer.Mint(new TokenContent { Subject = "bea", Groups = "others" });
        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, await TryAsync(token));
        var now = UnixMicros.Of(TimeProvider.System.GetUtcNow());
        await ChangeAsync(new AccessGranted
        {
            Act = NewAct(),
            GrantId = "g1",
            Subject = "bea",
            Connection = Connection,
            From = now - 1,
            Until = now + 3_600_000_000,
            Reason = "on call",
        });
        var (client, _) = await MqttClients.ConnectAsync(Options(token));
        var left = WhenLeft(client);

        await ChangeAsync(new AccessWithdrawn { Act = NewAct(), GrantId = "g1", Reason = "done" });

        Assert.Equal(MqttClientDisconnectReason.MaximumConnectTime, (await left.WaitAsync(MqttClients.Patience)).Reason);
        client.Dispose();
        var row = await _node.EndedAsync(r => r.Closing!.Refusal == Refusal.AccessEnded);
        Assert.Equal("grant g1", Assert.Single((await EventsAsync(row.SessionId)).OfType<AccessConfirmed>()).Rule);
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        await _broker.DisposeAsync();
        await _issuer.DisposeAsync();
        _upstreams.Dispose();
    }

    static Task<MqttClientDisconnectedEventArgs> WhenLeft(IMqttClient client)
    {
        var left = new TaskCompletionSource<MqttClientDisconnectedEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.DisconnectedAsync += args =>
        {
            left.TrySetResult(args);
            return Task.CompletedTask;
        };
        return left.Task;
    }

    static Task RenewAsync(IMqttClient client, string token) => client.SendEnhancedAuthenticationExchangeDataAsync(
        new MqttEnhancedAuthenticationExchangeData
        {
            ReasonCode = MqttAuthenticateReasonCode.ReAuthenticate,
            AuthenticationData = Encoding.UTF8.GetBytes(token),
        },
        CancellationToken.None);

    static Act NewAct() => new()
    {
        Id = Guid.NewGuid().ToString("N"),
        At = UnixMicros.Of(TimeProvider.System.GetUtcNow()),
        Who = "otto",
        Issuer = "main",
        Address = "127.0.0.1",
        NodeKey = "spec",
    };

    string Token(int seconds = 300, string id = "first") => _issuer.Mint(new TokenContent
    {
        Groups = s_groups,
        Expires = TimeProvider.System.GetUtcNow().AddSeconds(seconds),
        MoreClaims = new Dictionary<string, object?> { ["jti"] = id },
    });

    MqttClientOptionsBuilder Options(string token) => MqttClients.Options(_node, token, MqttProtocolVersion.V500, Connection);

    MqttClientOptionsBuilder Renewing(string token, AuthAnswers answers) =>
        Options(token).WithEnhancedAuthentication("GATEWAY-TOKEN", null).WithEnhancedAuthenticationHandler(answers);

    async Task<MqttClientConnectResultCode> TryAsync(string token)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        return (await client.ConnectAsync(Options(token).Build())).ResultCode;
    }

    async Task ChangeAsync(RegistryEvent change)
    {
        var answer = await _node.Services.GetRequiredService<IRegistryCommands>().ChangeAsync([change], null, CancellationToken.None);
        Assert.True(answer.IsDone, answer.Detail);
    }

    async Task<List<SessionEvent>> EventsAsync(string session)
    {
        var events = new List<SessionEvent>();
        await foreach (var e in _node.Archive.ReadAsync(session, CancellationToken.None))
            events.Add(new StoredEvent(e.Manifest, e.Bytes.ToArray()).Decode());
        return events;
    }

    /// <summary>What the gateway answers to AUTH.</summary>
    sealed class AuthAnswers : IMqttEnhancedAuthenticationHandler
    {
        readonly TaskCompletionSource<MqttAuthenticateReasonCode> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task HandleEnhancedAuthenticationAsync(MqttEnhancedAuthenticationEventArgs eventArgs)
        {
            _answer.TrySetResult(eventArgs.ReasonCode);
            return Task.CompletedTask;
        }

        public Task<MqttAuthenticateReasonCode> NextAsync() => _answer.Task.WaitAsync(MqttClients.Patience);
    }
}
