using System.Buffers.Binary;
using System.Net.Security;
using System.Runtime.CompilerServices;
using Gateway.Actors;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls;
using Gateway.Actors.Upstream;
using Gateway.Protocols;
using Gateway.Protocols.Kafka;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Specs.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Upstream;

/// <summary>However many knock, an upstream is asked once, and again only when what it said is too old.</summary>
public sealed class UpstreamSurveysSpec : IAsyncDisposable
{
    const short Metadata = 3;
    const short ApiVersions = 18;

    static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(1);

    readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    readonly TestCertificates _authority = new("Upstream CA");
    readonly TaskCompletionSource _mayAnswer = new();
    readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(20));
    readonly TlsUpstream _upstream;
    readonly UpstreamSurveys _surveys;
    bool _isBroken;

    public UpstreamSurveysSpec()
    {
        _upstream = new TlsUpstream(_authority.Server(), AnswerAsync);
        _surveys = new UpstreamSurveys(
            new UpstreamDialer(new SslStreamEngine(), NoRevocation.Asked), new UpstreamSecrets(new RefusingSecrets(), new UpstreamTokens(_time)), _time, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Two_who_ask_at_once_make_one_dial()
    {
        var profile = Profile();

        var (one, other) = (AskAsync(profile), AskAsync(profile));
        _mayAnswer.SetResult();

        Assert.NotNull((await one).Value.Facts);
        Assert.Same((await one).Value.Facts, (await other).Value.Facts);
        Assert.Equal(1, _upstream.Connections);
    }

    [Fact]
    public async Task Which_topics_ids_stand_for_is_not_forgotten_when_the_rest_is_asked_anew()
    {
        var profile = Profile();
        _mayAnswer.SetResult();
        var first = (KafkaFacts)(await AskAsync(profile)).Value.Facts!;
        var other = (KafkaFacts)(await AskAsync(Profile())).Value.Facts!;

        _time.Advance(TimeSpan.FromSeconds(31));
        var second = (KafkaFacts)(await AskAsync(profile)).Value.Facts!;

        Assert.NotSame(first, second);
        Assert.Same(first.Topics, second.Topics);
        Assert.NotSame(first.Topics, other.Topics);
    }

    [Theory]
    [InlineData(false, 30)]
    [InlineData(true, 1)]
    public async Task What_an_upstream_says_is_believed_for_30_s_and_a_failure_for_1_s_from_when_it_came(bool isBroken, int seconds)
    {
        _isBroken = isBroken;
        var profile = Profile();
        var asked = AskAsync(profile);
        await Eventually.TrueAsync(() => _upstream.Connections == 1);
        _time.Advance(TimeSpan.FromSeconds(50));
        _mayAnswer.SetResult();
        Assert.Equal(!isBroken, (await asked).IsGranted);

        _time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(!isBroken, (await AskAsync(profile)).IsGranted);
        Assert.Equal(1, _upstream.Connections);

        _time.Advance(s_tick);
        Assert.Equal(!isBroken, (await AskAsync(profile)).IsGranted);
        Assert.Equal(2, _upstream.Connections);
    }

    [Fact]
    public async Task An_upstream_is_asked_anew_for_a_connection_that_was_changed()
    {
        _mayAnswer.SetResult();
        var profile = Profile();
        await AskAsync(profile);

        Assert.True((await AskAsync(profile with { MaxSessions = 1 })).IsGranted);

        Assert.Equal(2, _upstream.Connections);
    }

    [Fact]
    public async Task What_was_learnt_for_a_connection_that_is_gone_is_forgotten()
    {
        _mayAnswer.SetResult();
        var gone = await AskForOneThatGoesAsync();
        _time.Advance(TimeSpan.FromSeconds(30) + s_tick);
        await AskAsync(Profile());

        await Eventually.TrueAsync(() =>
        {
            GC.Collect();
            return !gone.IsAlive;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _upstream.DisposeAsync();
        _authority.Dispose();
        _deadline.Dispose();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    async Task<WeakReference> AskForOneThatGoesAsync()
    {
        var profile = Profile() with { Name = "gone" };
        Assert.True((await AskAsync(profile)).IsGranted);
        return new WeakReference(profile);
    }

    Task<Verdict<Surveyed>> AskAsync(ConnectionProfile profile) => _surveys.OfAsync(profile, _deadline.Token);

    ConnectionProfile Profile() => TestProfiles.For(TestProfiles.Tls13, upstream: TestProfiles.Upstream(_upstream.Port, _authority.Authorities)) with
    {
        Protocol = ProtocolCatalog.Find("kafka")!,
    };

    /// <summary>A broker that speaks Metadata v1 and is alone, or one that says nothing.</summary>
    async Task AnswerAsync(SslStream stream)
    {
        await _mayAnswer.Task;
        if (_isBroken) return;
        var apis = KafkaApi.All[ApiVersions].Response(0);
        var body = new StructValue(apis.Body);
        body.Add("ApiKeys").With("ApiKey", Metadata).With("MinVersion", 0L).With("MaxVersion", 1L);
        await stream.WriteAsync(KafkaFrame.Response(apis, await AskedAsync(stream), body));
        var metadata = KafkaApi.All[Metadata].Response(1);
        await stream.WriteAsync(KafkaFrame.Response(metadata, await AskedAsync(stream), new StructValue(metadata.Body)));
    }

    /// <summary>The correlation id of the next request.</summary>
    static async Task<int> AskedAsync(SslStream stream)
    {
        var size = new byte[sizeof(int)];
        await stream.ReadExactlyAsync(size);
        var request = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
        await stream.ReadExactlyAsync(request);
        return BinaryPrimitives.ReadInt32BigEndian(request.AsSpan(sizeof(int)));
    }
}
