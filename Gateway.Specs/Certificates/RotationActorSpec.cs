using System.Collections.Concurrent;
using Akka.Actor;
using Gateway.Actors.Certificates;
using Gateway.Actors.Hosting;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Certificates;

/// <summary>A coordinator may die at any moment; what it leaves is gone on with.</summary>
public sealed class RotationActorSpec : IAsyncDisposable
{
    static readonly string[] s_twoRotations =
    [
        "CertificatePut", "AuthorityMade", "AuthorityStaged", "CertificateIssued 1", "CertificateActivated 1", "CertificateProven 1", "RotationOrdered",
        "CertificateIssued 2", "CertificateActivated 2", "CertificateProven 2", "CertificateRetired 1",
    ];

    readonly ActorSystem _system = ActorSystem.Create("rotation");
    readonly ClusterKey _key = ClusterKey.Ephemeral();
    readonly HeldRegistry _registry = new();
    readonly CrashingCommands _commands;
    readonly ScriptedSource _source;
    // Steered where a spec says so; the coordinator looks every second of the real clock all the same.
    readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    readonly ConcurrentDictionary<string, int> _looks = new(StringComparer.Ordinal);
    readonly WillingNodes _nodes;

    public RotationActorSpec()
    {
        _commands = new CrashingCommands(_registry);
        _nodes = new WillingNodes(_registry);
        _source = new ScriptedSource(new InternalSource(_registry, _key, static _ => [], TimeProvider.System));
        _registry.Do(new CertificatePut { Act = SampleRegistry.Act, Name = "edge", Document = SampleCertificates.Document("edge") });
    }

    public static TheoryData<int, bool> Crashes()
    {
        var crashes = new TheoryData<int, bool>();
        // One proposal for the authority, three for the first version, four for the second.
        for (var proposal = 1; proposal <= 8; proposal++)
        {
            crashes.Add(proposal, false);
            crashes.Add(proposal, true);
        }

        return crashes;
    }

    [Theory]
    [MemberData(nameof(Crashes))]
    public async Task Killed_before_or_after_any_phase_was_recorded_it_is_replaced_and_each_phase_is_done_once(int proposal, bool isRecorded)
    {
        _commands.CrashAt(proposal, isRecorded);

        await RunAsync(until: 1);
        _registry.Do(new RotationOrdered { Act = SampleRegistry.ActOf("order"), Name = "edge" });
        await RunAsync(until: 2);

        Assert.True(_commands.HasCrashed);
        Assert.Equal(s_twoRotations, Acts());
    }

    [Fact]
    public async Task Killed_while_a_certificate_is_being_issued_it_is_replaced_and_the_order_is_given_again()
    {
        _source.HangOnce = true;

        var first = Start();
        await Eventually.TrueAsync(() => _source.Orders == 1);
        await StopAsync(first);
        await RunAsync(until: 1);

        Assert.Equal(2, _source.Orders);
        Assert.Equal(s_twoRotations[..6], Acts());
    }

    /// <summary>Before a version is activated nodes are asked whether they hold it, before it is proven whether they present it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_while_nodes_are_asked_it_is_replaced_and_the_next_one_asks_again(bool whetherTheyPresent)
    {
        _nodes.IsSilent = isActive => isActive == whetherTheyPresent;

        var first = Start();
        await Eventually.TrueAsync(() => _nodes.Unanswered >= 1);
        await StopAsync(first);
        Assert.Equal(whetherTheyPresent ? s_twoRotations[..5] : s_twoRotations[..4], Acts());
        _nodes.IsSilent = static _ => false;
        await RunAsync(until: 1);

        Assert.Equal(s_twoRotations[..6], Acts());
    }

    [Fact]
    public async Task A_certificate_that_waits_is_read_again_only_when_something_of_it_changed()
    {
        var coordinator = Start();
        await Eventually.TrueAsync(() => IsSettled(1));
        _registry.Do(new CertificatePut { Act = SampleRegistry.Act, Name = "busy", Document = SampleCertificates.Document("busy") });
        _commands.Refuse<CertificateIssued>(RegistryOutcome.Unavailable);
        await LookedTwiceAsync("busy");
        var before = Looks("edge");

        _registry.Do(new SecretPut { Act = SampleRegistry.Act, Name = "password", Sealed = new byte[] { 1 } });
        await LookedTwiceAsync("busy");
        Assert.Equal(before, Looks("edge"));

        _registry.Do(new RotationOrdered { Act = SampleRegistry.ActOf("order"), Name = "edge" });
        await Eventually.TrueAsync(() => Looks("edge") > before);
        await StopAsync(coordinator);
    }

    [Fact]
    public async Task An_issuer_that_fails_is_recorded_with_its_reason_and_the_time_of_the_next_attempt()
    {
        _source.Failure = new CertificateSourceException("the issuer is out for lunch") { RetryAt = TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1) };

        var coordinator = Start();
        await Eventually.TrueAsync(() => _registry.Acts.OfType<RotationFailed>().Any());
        await StopAsync(coordinator);

        var failed = Assert.Single(_registry.Acts.OfType<RotationFailed>());
        Assert.Equal((1u, 1u, "the issuer is out for lunch"), (failed.Version, failed.Attempt, failed.Reason));
        Assert.Equal(UnixMicros.Of(_source.Failure.RetryAt!.Value), failed.NextAttempt);
        Assert.Empty(_registry.Acts.OfType<CertificateIssued>());
    }

    [Fact]
    public async Task What_an_issuer_made_wrong_is_never_given_to_nodes()
    {
        _source.Names = ["elsewhere.example.org"];

        var coordinator = Start();
        await Eventually.TrueAsync(() => _registry.Acts.OfType<RotationFailed>().Any());
        await StopAsync(coordinator);

        Assert.Equal("what was issued is not for localhost", _registry.Acts.OfType<RotationFailed>().First().Reason);
        Assert.Empty(_registry.Acts.OfType<CertificateIssued>());
    }

    [Theory]
    [InlineData(RegistryOutcome.Unavailable)]
    [InlineData(RegistryOutcome.Full)]
    public async Task What_was_issued_and_could_not_be_recorded_is_proposed_again_after_a_pause_and_never_ordered_again(RegistryOutcome outcome)
    {
        _commands.Refuse<CertificateIssued>(outcome);

        var coordinator = Start(_time);
        await Eventually.TrueAsync(() => _commands.Refused == 1);
        await LookedTwiceAsync();
        Assert.Equal((1, 1), (_source.Orders, _commands.Refused));
        _time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(() => _commands.Refused == 2);
        // The pause counts from when it hears of it.
        await LookedTwiceAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        await LookedTwiceAsync();
        Assert.Equal(2, _commands.Refused);
        _commands.Refuse<CertificateIssued>(null);
        _time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(() => IsSettled(1));
        await StopAsync(coordinator);

        Assert.Equal(1, _source.Orders);
        Assert.Equal(s_twoRotations[..6], Acts());
    }

    [Fact]
    public async Task What_was_issued_for_a_declaration_that_changed_before_it_could_be_recorded_is_ordered_anew()
    {
        _commands.Refuse<CertificateIssued>(RegistryOutcome.Unavailable);

        var coordinator = Start(_time);
        await Eventually.TrueAsync(() => _commands.Refused == 1);
        _commands.Refuse<CertificateIssued>(null);
        _registry.Do(new CertificatePut { Act = SampleRegistry.Act, Name = "edge", Document = SampleCertificates.Document("edge") + "  - edge.example.org\n" });
        await Eventually.TrueAsync(() => IsSettled(1));
        await StopAsync(coordinator);

        Assert.Equal(2, _source.Orders);
        Assert.Contains("edge.example.org", CertificateFacts.Of(_registry.Acts.OfType<CertificateIssued>().Single().Chain[0]).Names);
    }

    [Fact]
    public async Task A_failure_that_could_not_be_recorded_is_recorded_later_with_its_own_next_attempt()
    {
        var retryAt = _time.GetUtcNow() + TimeSpan.FromHours(1);
        _source.Failure = new CertificateSourceException("the issuer is out for lunch") { RetryAt = retryAt };
        _commands.Refuse<RotationFailed>(RegistryOutcome.Unavailable);

        var coordinator = Start(_time);
        await Eventually.TrueAsync(() => _commands.Refused == 1);
        _commands.Refuse<RotationFailed>(null);
        await LookedTwiceAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(() => _registry.Acts.OfType<RotationFailed>().Any());
        await StopAsync(coordinator);

        Assert.Equal((1, UnixMicros.Of(retryAt)), (_source.Orders, Assert.Single(_registry.Acts.OfType<RotationFailed>()).NextAttempt));
    }

    [Fact]
    public async Task A_source_that_hangs_before_it_hands_out_its_task_is_given_up_as_any_other()
    {
        using var hanging = new ManualResetEventSlim();
        _source.Blocks = hanging;

        var coordinator = Start(_time);
        await Eventually.TrueAsync(() => _source.Orders == 1);
        _time.Advance(TimeSpan.FromMinutes(5));
        await Eventually.TrueAsync(() => _registry.Acts.OfType<RotationFailed>().Any());
        await StopAsync(coordinator);
        hanging.Set();

        Assert.Equal("nothing was issued within 5 minutes", _registry.Acts.OfType<RotationFailed>().First().Reason);
    }

    public async ValueTask DisposeAsync() => await _system.Terminate();

    /// <summary>Coordinators, each started when the one before has crashed, until that version is all there is.</summary>
    async Task RunAsync(uint until)
    {
        while (true)
        {
            var coordinator = Start();
            await Eventually.TrueAsync(() => _commands.IsCrashing || IsSettled(until));
            await StopAsync(coordinator);
            if (IsSettled(until)) return;
            _commands.Recover();
        }
    }

    bool IsSettled(uint version) =>
        _registry.Current.Certificates.All["edge"] is { Versions: [{ ProvenAt: not null } only] } && only.Number == version;

    async Task StopAsync(IActorRef coordinator)
    {
        await coordinator.GracefulStop(TimeSpan.FromSeconds(10));
    }

    /// <summary>The coordinator has looked at the certificate, and been free to act, since this was called.</summary>
    async Task LookedTwiceAsync(string name = "edge")
    {
        var before = Looks(name);
        await Eventually.TrueAsync(() => Looks(name) >= before + 2);
    }

    int Looks(string name) => _looks.GetValueOrDefault(name);

    IActorRef Start(TimeProvider? time = null)
    {
        var declarations = new RegisteredCertificates(new GatewayOptions());
        return _system.ActorOf(RotationActor.Props(new RotationParts
        {
            NodeKey = "gw.1",
            Registry = _registry,
            Commands = _commands,
            Key = _key,
            Nodes = _nodes,
            Source = _ => _source,
            Read = certificate =>
            {
                _looks.AddOrUpdate(certificate.Name, 1, static (_, looks) => looks + 1);
                return declarations.Read(certificate);
            },
            Done = static _ => { },
            Time = time ?? TimeProvider.System,
            Logging = NullLoggerFactory.Instance,
        }));
    }

    string[] Acts() =>
    [
        .. _registry.Acts.Select(e => e switch
        {
            CertificateIssued issued => $"CertificateIssued {issued.Version}",
            CertificateActivated active => $"CertificateActivated {active.Version}",
            CertificateProven proven => $"CertificateProven {proven.Version}",
            CertificateRetired retired => $"CertificateRetired {retired.Version}",
            _ => e.GetType().Name,
        }),
    ];

    /// <summary>Loses the answer to one proposal, recorded or not, as a node does that dies at that moment.</summary>
    sealed class CrashingCommands(HeldRegistry registry) : IRegistryCommands
    {
        int _left = int.MaxValue;
        bool _records;
        volatile bool _isCrashing;
        (Type Act, RegistryOutcome Outcome)? _refusal;
        int _refused;

        public bool IsCrashing => _isCrashing;

        public bool HasCrashed { get; private set; }

        public void CrashAt(int proposal, bool isRecorded) => (_left, _records) = (proposal, isRecorded);

        public void Recover() => _isCrashing = false;

        /// <summary>How many proposals were refused.</summary>
        public int Refused => Volatile.Read(ref _refused);

        /// <summary>From now on acts of that kind are answered so; null: by the registry.</summary>
        public void Refuse<T>(RegistryOutcome? outcome) where T : RegistryEvent => _refusal = outcome is { } refused ? (typeof(T), refused) : null;

        public async Task<RegistryAnswer> ChangeAsync(IReadOnlyList<RegistryEvent> acts, long? basis, CancellationToken cancel)
        {
            if (_refusal is { } refusal && acts[0].GetType() == refusal.Act)
            {
                Interlocked.Increment(ref _refused);
                return new RegistryAnswer(refusal.Outcome, registry.Current.Revision, "not now");
            }

            var crashes = --_left == 0;
            if (crashes && !_records) return await CrashAsync(cancel);
            var answer = await registry.ChangeAsync(acts, basis, cancel);
            return crashes ? await CrashAsync(cancel) : answer;
        }

        async Task<RegistryAnswer> CrashAsync(CancellationToken cancel)
        {
            HasCrashed = true;
            _isCrashing = true;
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
            throw new InvalidOperationException("Nobody hears this.");
        }
    }

    /// <summary>One node that holds and proves whatever it is asked about, unless it is silent.</summary>
    sealed class WillingNodes(HeldRegistry registry) : IRotationNodes
    {
        int _unanswered;

        /// <summary>Whether it does not answer, given whether the version is active.</summary>
        public Func<bool, bool> IsSilent { get; set; } = static _ => false;

        public int Unanswered => Volatile.Read(ref _unanswered);

        public IReadOnlyCollection<string> Live => ["gw.1"];

        public void Ask(IEnumerable<string> nodeKeys, ShowCertificate question, IActorRef replyTo)
        {
            var isActive = registry.Current.Certificates.All[question.Name].Active?.Number == question.Version;
            if (IsSilent(isActive))
            {
                Interlocked.Increment(ref _unanswered);
                return;
            }

            foreach (var node in nodeKeys) replyTo.Tell(new CertificateShown(node, question.Name, question.Version, true, isActive, ""));
        }
    }

    /// <summary>The real authority, but for what a spec has it do otherwise.</summary>
    sealed class ScriptedSource(ICertificateSource real) : ICertificateSource
    {
        int _orders;

        public int Orders => Volatile.Read(ref _orders);

        public bool HangOnce { get; set; }

        /// <summary>What an order waits for, on the thread it is given on.</summary>
        public ManualResetEventSlim? Blocks { get; set; }

        public CertificateSourceException? Failure { get; set; }

        public IReadOnlyList<string>? Names { get; set; }

        public async Task<IssuedChain> IssueAsync(CertificateOrder order, CancellationToken cancel)
        {
            var isFirst = Interlocked.Increment(ref _orders) == 1;
            Blocks?.Wait(CancellationToken.None);
            if (isFirst && HangOnce) await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
            if (Failure is { } failure) throw failure;
            return await real.IssueAsync(order with { Names = Names ?? order.Names }, cancel);
        }

        public Task<RenewalAdvice?> AdviseAsync(CertificateOrder order, ReadOnlyMemory<byte> leaf, CancellationToken cancel) => real.AdviseAsync(order, leaf, cancel);
    }
}
