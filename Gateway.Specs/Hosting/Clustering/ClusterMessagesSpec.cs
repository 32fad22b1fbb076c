using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.SysMsg;
using Akka.Remote.Serialization;
using Akka.Serialization;
using Gateway.Actors;
using Gateway.Actors.Accept;
using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.Clustering;
using Gateway.Actors.Hosting.Clustering.Crashes;
using Gateway.Actors.Registry;
using Gateway.Actors.Sessions;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Hyperion;
using Xunit;

namespace Gateway.Specs.Hosting.Clustering;

public sealed class ClusterMessagesSpec : IClassFixture<ClusterMessagesSpec.SerializingSystem>
{
    const string Id = "node1-01ARZ3NDEKTSV4RRFFQ69G5FAV";

    static readonly IClusterMessage[] s_samples =
    [
        new OpenSession(Id),
        new EndSession(Id, Ending.Drained, Refusal.None, "detail \u2713"),
        new SessionEnded(Id),
        new ShowSession(Id),
        new ProposeActs("act", -1, "r.secret-removed.1 AA=="),
        new ActsDecided("act", RegistryOutcome.Full, 7, "detail"),
        new RegistryAdvanced(long.MaxValue),
        new ShowListeners("telemetry"),
        new ListenersShown("node1", "telemetry", 7, "", "cannot listen"),
        new OfferChallenge(AcmeChallengeKind.TlsAlpn01, "edge.example.org", "token", "token.thumbprint", long.MaxValue),
        new ChallengeTaken("token", false),
        new WithdrawChallenge(AcmeChallengeKind.Http01, "token"),
        new ShowCertificate("edge", 300),
        new CertificateShown("node1", "edge", 300, true, false, "the listener of telemetry shows another certificate"),
        new PortRefused("akka.ssl.tcp://gateway@10.0.0.11:4053", int.MinValue),
        new SessionState(Id, SessionPhase.Streaming, "node1", long.MaxValue, -1, uint.MaxValue),
    ];

    readonly ActorSystem _system;

    public ClusterMessagesSpec(SerializingSystem system) => _system = system.System;

    Akka.Serialization.Serialization Serialization => _system.Serialization;

    [Fact]
    public void Every_message_marked_for_the_wire_is_listed_and_has_a_sample_here()
    {
        var types = typeof(IClusterMessage).Assembly.GetTypes();

        var marked = types.Where(t => t.IsAssignableTo(typeof(IClusterMessage)) && !t.IsInterface).ToHashSet();

        Assert.Equal(marked, ClusterMessages.Types.ToHashSet());
        Assert.Equal(marked, s_samples.Select(s => s.GetType()).ToHashSet());
        Assert.All(marked, t => Assert.True(t.IsSealed, $"{t} is not sealed"));
    }

    [Fact]
    public void Every_listed_message_arrives_as_it_was_sent()
    {
        foreach (var sample in s_samples)
        {
            var serializer = Assert.IsType<HyperionSerializer>(Serialization.FindSerializerFor(sample));

            Assert.Equal(sample, serializer.FromBinary(serializer.ToBinary(sample), typeof(object)));
        }
    }

    public static TheoryData<object> Forbidden => new()
    {
        new Evil(),
        new Box<string>("x"),
        new List<Evil> { new() },
        new Evil[1],
        new Dictionary<string, Evil> { ["x"] = new() },
        new InvalidDataException("no"),
        new Action(() => { }),
        typeof(File),
        typeof(File).GetMethod(nameof(File.Exists))!,
        new FileInfo("/tmp"),
        new Tuple<ShowSession>(new(Id)),
    };

    [Theory, MemberData(nameof(Forbidden))]
    public void Nothing_else_can_be_written(object forbidden)
    {
        var serializer = new HyperionSerializer((ExtendedActorSystem)_system);

        Assert.ThrowsAny<Exception>(() => serializer.ToBinary(forbidden));
    }

    [Theory, MemberData(nameof(Forbidden))]
    public void Nothing_else_is_read_though_a_peer_writes_it(object forbidden)
    {
        using var bytes = new MemoryStream();
        Unfiltered().Serialize(forbidden, bytes);

        var read = () => new HyperionSerializer((ExtendedActorSystem)_system).FromBinary(bytes.ToArray(), typeof(object));

        // Refused by name, and not only once there is an object of that type.
        Assert.NotNull(Assert.Throws<SerializationException>(read).InnerException);
    }

    [Fact]
    public void Garbage_and_every_cut_of_a_message_are_refused_as_such()
    {
        var serializer = new HyperionSerializer((ExtendedActorSystem)_system);
        var whole = serializer.ToBinary(s_samples[1]);
        var random = new Random(7);

        var garbage = Enumerable.Range(0, whole.Length).Select(cut => whole[..cut])
            .Concat(Enumerable.Range(1, 200).Select(n => { var b = new byte[n]; random.NextBytes(b); b[0] = (byte)n; return b; }));

        Assert.All(garbage, bytes => Assert.Throws<SerializationException>(() => serializer.FromBinary(bytes, typeof(object))));
    }

    [Fact]
    public void A_peer_that_picks_json_is_refused_before_a_type_is_looked_up()
    {
        var json = """{"$type":"System.IO.FileInfo, System.Private.CoreLib"}"""u8.ToArray();

        Assert.Throws<SerializationException>(() => Serialization.Deserialize(json, 1, "System.IO.FileInfo, System.Private.CoreLib"));
        Assert.Throws<SerializationException>(() => Serialization.Serialize(new Evil()));
    }

    [Fact]
    public void A_peer_cannot_deploy_actors_here()
    {
        Assert.Throws<SerializationException>(() => Serialization.Deserialize([], 3, ""));
    }

    [Theory]
    [InlineData("STF")]
    [InlineData("STS")]
    [InlineData("CF")]
    [InlineData("RORRC")]
    [InlineData("nonsense")]
    public void A_peer_cannot_send_exceptions_routers_or_configuration(string manifest)
    {
        Assert.Throws<SerializationException>(() => Serialization.Deserialize([], 16, manifest));
    }

    [Fact]
    public void Only_death_watch_passes_of_all_system_messages()
    {
        var watch = new Watch((IInternalActorRef)_system.DeadLetters, (IInternalActorRef)_system.DeadLetters);
        var ours = Assert.IsType<SerializerWithStringManifest>(Serialization.FindSerializerFor(watch), exactMatch: false);
        var akkas = new SystemMessageSerializer((ExtendedActorSystem)_system);

        var read = ours.FromBinary(akkas.ToBinary(watch), Akka.Serialization.Serialization.ManifestFor(akkas, watch));

        Assert.IsType<Watch>(read);
        Assert.Throws<SerializationException>(() => ours.FromBinary([], "Akka.Dispatch.SysMsg.Failed, Akka"));
        Assert.Throws<SerializationException>(() => ours.ToBinary(new Suspend()));
    }

    // What a peer runs that does not keep to the list.
    static Hyperion.Serializer Unfiltered() => new(new SerializerOptions(
        versionTolerance: true, preserveObjectReferences: false, surrogates: null, serializerFactories: null, knownTypes: null,
        ignoreISerializable: true, packageNameOverrides: null, disallowUnsafeTypes: false, typeFilter: DisabledTypeFilter.Instance));

    public sealed class SerializingSystem : IAsyncLifetime
    {
        public ActorSystem System { get; } = ActorSystem.Create("gateway", ConfigurationFactory
            .ParseString("akka.remote.dot-netty.tcp { enable-ssl = off, port = 0 }")
            .WithFallback(ClusterConfiguration.Settings(new GatewayOptions(), NodeIdentity.New("spec"))));

        public Task InitializeAsync() => Task.CompletedTask;

        public Task DisposeAsync() => System.Terminate();
    }

    public sealed class Evil;

    public sealed record Box<T>(T Value);
}
