using Gateway.Actors.Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Certificates;

/// <summary>What is done next to a certificate, whoever asks and however often.</summary>
public sealed class RotationPlanSpec : IDisposable
{
    static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly TimeSpan s_life = TimeSpan.FromHours(24);
    static readonly string[] s_nodes = ["gw.1", "gw.2", "gw.3"];

    readonly TestCertificates _authority = new();
    readonly Dictionary<string, NodeSight> _sights = [];
    readonly List<RegistryEvent> _done = [];
    DateTimeOffset _now = s_start;
    RegistrySnapshot _registry = RegistrySnapshot.Empty;
    uint _signing;
    DateTimeOffset? _advised;
    string[] _live = s_nodes;

    public RotationPlanSpec() => Do(new CertificatePut { Act = Act(), Name = "edge", Document = "one" });

    [Fact]
    public void A_rotation_goes_through_its_phases_in_order_and_then_rests_until_it_is_due()
    {
        var steps = new List<string>();
        for (var step = Next(); step is not RotationStep.Wait; step = Next())
        {
            steps.Add(step.GetType().Name);
            Perform(step);
        }

        _now = s_start + s_life;
        var due = Assert.IsType<RotationStep.Issue>(Next());
        Assert.Equal(["Issue", "Ask", "Activate", "Ask", "Prove"], steps);
        Assert.Equal((2u, "it is due"), (due.Version, due.Reason));
    }

    [Fact]
    public void A_version_that_took_anothers_place_has_the_other_retired_only_once_every_node_proved_it()
    {
        Settle();
        Perform(new RotationStep.Issue(2, ""));
        Assert.Equal([1u, 2u], Versions());

        var steps = new List<RotationStep>();
        for (var step = Next(); step is not RotationStep.Wait; step = Next())
        {
            steps.Add(step);
            Perform(step);
        }

        Assert.Equal(new RotationStep.Retire(1, "version 2 took its place"), steps[^1]);
        Assert.IsType<RotationStep.Prove>(steps[^2]);
        Assert.Equal([2u], Versions());
    }

    [Fact]
    public void Nothing_is_activated_before_every_live_node_holds_it_and_a_node_that_is_gone_is_not_waited_for()
    {
        Perform(Next());
        _sights["gw.1"] = new(1, Holds: true, Proves: false, "");
        _sights["gw.2"] = new(1, Holds: true, Proves: false, "");

        var waits = Assert.IsType<RotationStep.Ask>(Next());
        _live = ["gw.1", "gw.2"];
        var active = Assert.IsType<RotationStep.Activate>(Next());

        Assert.Equal(["gw.3"], waits.Missing);
        Assert.Equal(["gw.1", "gw.2"], active.Nodes);
    }

    [Fact]
    public void What_a_node_said_of_another_version_counts_for_nothing()
    {
        Settle();
        Perform(new RotationStep.Issue(2, ""));

        Assert.Equal(s_nodes, Assert.IsType<RotationStep.Ask>(Next()).Missing);
    }

    [Fact]
    public void A_node_that_cannot_hold_a_version_holds_the_others_up_only_while_the_one_before_is_good()
    {
        Settle();
        _now = s_start + (s_life * 0.8);
        Perform(new RotationStep.Issue(2, ""));
        foreach (var node in s_nodes[..2]) _sights[node] = new(2, Holds: true, Proves: false, "");
        _sights["gw.3"] = new(2, Holds: false, Proves: false, "was not sealed with this node's cluster key");

        Assert.IsType<RotationStep.Ask>(Next());
        _now = s_start + (s_life * 0.95);

        Assert.Equal(s_nodes[..2], Assert.IsType<RotationStep.Activate>(Next()).Nodes);
    }

    [Fact]
    public void A_node_that_cannot_prove_the_last_version_does_not_keep_the_certificate_from_being_renewed()
    {
        Settle(prove: false);
        _sights["gw.3"] = new(1, Holds: true, Proves: false, "the listener of telemetry answers with another certificate");
        foreach (var node in s_nodes[..2]) _sights[node] = new(1, Holds: true, Proves: true, "");

        Assert.IsType<RotationStep.Ask>(Next());
        _now = s_start + (s_life * 0.7);

        Assert.Equal(2u, Assert.IsType<RotationStep.Issue>(Next()).Version);
    }

    [Fact]
    public void With_as_many_versions_as_are_kept_nothing_more_is_ordered_and_the_newest_is_still_asked_for()
    {
        const uint Most = 4;
        for (var version = 1u; version <= Most; version++)
        {
            Settle(prove: false, version);
            foreach (var node in s_nodes) _sights[node] = new(version, Holds: true, Proves: false, "the listener of telemetry answers with another certificate");
            _now += s_life * 0.7;
            if (version < Most) Perform(Assert.IsType<RotationStep.Issue>(Next()));
        }

        var waits = Assert.IsType<RotationStep.Ask>(Next());
        Assert.Equal((Most, s_nodes.Length), (waits.Version, waits.Missing.Count));
    }

    [Fact]
    public void A_version_that_nobody_presents_yet_goes_when_the_declaration_changes_or_it_expires()
    {
        Perform(Next());
        Do(new CertificatePut { Act = Act(), Name = "edge", Document = "two" });
        Assert.Equal(new RotationStep.Retire(1, "its declaration has changed"), Next());
        Perform(Next());
        Perform(Next());
        _now += s_life;

        Assert.Equal(new RotationStep.Retire(2, "it expired before every node had it"), Next());
    }

    [Fact]
    public void An_operators_order_a_changed_declaration_and_another_signing_authority_each_bring_a_new_version_at_once()
    {
        Settle();
        Do(new RotationOrdered { Act = Act(), Name = "edge" });
        Assert.Equal("it was ordered", Assert.IsType<RotationStep.Issue>(Next()).Reason);

        Settle();
        Do(new CertificatePut { Act = Act(), Name = "edge", Document = "two" });
        Assert.Equal("its declaration has changed", Assert.IsType<RotationStep.Issue>(Next()).Reason);

        Settle();
        _signing = 2;
        Assert.Equal("authority 2 signs by now", Assert.IsType<RotationStep.Issue>(Next()).Reason);
    }

    [Fact]
    public void An_issuer_that_wants_it_earlier_has_it_earlier_and_never_later()
    {
        Settle();
        _advised = s_start + TimeSpan.FromHours(2);
        Assert.Equal(_now + RotationPlan.LookAgain, Assert.IsType<RotationStep.Wait>(Next()).Until);
        _now = _advised.Value;
        Assert.IsType<RotationStep.Issue>(Next());

        _advised = s_start + s_life;
        _now = s_start + (s_life * 2 / 3);
        Assert.IsType<RotationStep.Issue>(Next());
    }

    [Fact]
    public void What_failed_is_tried_again_at_the_time_that_was_recorded_and_not_before()
    {
        var next = s_start + TimeSpan.FromMinutes(5);
        Do(new RotationFailed { Act = Act(), Name = "edge", Version = 1, Attempt = 3, NextAttempt = UnixMicros.Of(next), Reason = "no" });

        Assert.Equal(new RotationStep.Wait(next), Next());
        _now = next;
        Assert.Equal(1u, Assert.IsType<RotationStep.Issue>(Next()).Version);
    }

    [Fact]
    public void Numbers_are_never_used_twice_not_even_after_a_removal()
    {
        Settle();
        Do(new CertificateRemoved { Act = Act(), Name = "edge" }, new CertificatePut { Act = Act(), Name = "edge", Document = "one" });

        Assert.Equal(2u, Assert.IsType<RotationStep.Issue>(Next()).Version);
    }

    [Fact]
    public void Whoever_goes_on_after_any_phase_and_repeats_what_was_done_changes_nothing()
    {
        foreach (var step in Phases())
        {
            var before = _registry;
            foreach (var e in step) Assert.Equal(RegistryOutcome.Unchanged, RegistryDecisions.Judge(before, e).Outcome);
        }
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(77u)]
    public void Renewal_is_due_within_a_twentieth_before_two_thirds_of_the_life_and_everybody_finds_the_same_moment(uint version)
    {
        var at = RotationSchedule.RenewAt("edge", version, s_start, s_start + s_life);

        Assert.InRange(at, s_start + (s_life * 2 / 3) - (s_life / 20), s_start + (s_life * 2 / 3));
        Assert.Equal(at, RotationSchedule.RenewAt("edge", version, s_start, s_start + s_life));
        Assert.NotEqual(at, RotationSchedule.RenewAt("edge2", version, s_start, s_start + s_life));
    }

    [Fact]
    public void Pauses_after_failures_grow_up_to_a_cap_honour_the_issuer_and_leave_a_last_attempt_before_the_end()
    {
        var end = s_start + s_life;
        TimeSpan After(uint attempt, DateTimeOffset now, DateTimeOffset? retryAt = null) =>
            RotationSchedule.NextAttempt(attempt, s_life, end, retryAt, now) - now;

        Assert.Equal([1, 2, 4, 60, 60], new uint[] { 1, 2, 3, 10, 4_000_000_000 }.Select(a => After(a, s_start).TotalMinutes));
        Assert.Equal(TimeSpan.FromHours(3), After(1, s_start, s_start + TimeSpan.FromHours(3)));
        Assert.Equal(end - (s_life / 20), RotationSchedule.NextAttempt(9, s_life, end, end + s_life, end - TimeSpan.FromHours(2)));
        Assert.Equal(TimeSpan.FromSeconds(1), RotationSchedule.NextAttempt(1, TimeSpan.FromSeconds(60), null, null, s_start) - s_start);
    }

    [Fact]
    public void Alarms_come_well_before_the_end()
    {
        ExpiryAlarm At(double part) => RotationSchedule.Alarm(s_start, s_start + s_life, s_start + (s_life * part));

        Assert.Equal(
            [ExpiryAlarm.None, ExpiryAlarm.Late, ExpiryAlarm.Critical, ExpiryAlarm.Expired], new[] { 0.7, 0.8, 0.95, 1 }.Select(At));
    }

    public void Dispose() => _authority.Dispose();

    /// <summary>What each phase of a second rotation proposes, each done already.</summary>
    IEnumerable<IReadOnlyList<RegistryEvent>> Phases()
    {
        Settle();
        Do(new RotationOrdered { Act = Act(), Name = "edge" });
        for (var step = Next(); step is not RotationStep.Wait; step = Next())
        {
            var from = _done.Count;
            Perform(step);
            yield return _done[from..];
        }
    }

    void Settle(bool prove = true, uint version = 1)
    {
        bool IsActive() => _registry.Certificates.All["edge"].Active is { } active && active.Number >= version;
        for (var step = Next(); step is not RotationStep.Wait && (prove || !IsActive()); step = Next()) Perform(step);
        _sights.Clear();
    }

    RotationStep Next() => RotationPlan.Next(new RotationFacts
    {
        Certificate = _registry.Certificates.All["edge"],
        Profile = new CertificateProfile { Name = "edge", Source = CertificateOrigin.Internal, Names = ["localhost"], Use = CertificateUse.Server, Lifetime = s_life },
        LastVersion = _registry.Certificates.LastVersion("edge"),
        SigningGeneration = _signing,
        LiveNodes = _live,
        Sights = _sights,
        Advised = _advised,
        Now = _now,
    });

    void Perform(RotationStep step)
    {
        switch (step)
        {
            case RotationStep.Issue issue:
                var certificate = _authority.Issue(new TestCertificate { Names = ["localhost"], NotBefore = _now.AddMinutes(-5), NotAfter = _now + s_life });
                Do(new CertificateIssued { Act = Act(), Name = "edge", Version = issue.Version, Chain = [certificate.RawData], SealedKey = new byte[1], Generation = _signing });
                break;
            case RotationStep.Ask ask:
                foreach (var node in _live) _sights[node] = new(ask.Version, Holds: true, Proves: _registry.Certificates.All["edge"].Active?.Number == ask.Version, "");
                break;
            case RotationStep.Activate active:
                Do(new CertificateActivated { Act = Act(), Name = "edge", Version = active.Version, Nodes = active.Nodes });
                break;
            case RotationStep.Prove proven:
                Do(new CertificateProven { Act = Act(), Name = "edge", Version = proven.Version, Nodes = proven.Nodes });
                break;
            case RotationStep.Retire retire:
                Do(new CertificateRetired { Act = Act(), Name = "edge", Version = retire.Version, Reason = retire.Reason });
                break;
        }
    }

    uint[] Versions() => [.. _registry.Certificates.All["edge"].Versions.Select(v => v.Number)];

    void Do(params RegistryEvent[] events)
    {
        foreach (var e in events)
        {
            Assert.Equal(RegistryOutcome.Done, RegistryDecisions.Judge(_registry, e).Outcome);
            _registry = _registry.With(e, _registry.Revision + 1);
            _done.Add(e);
        }
    }

    Act Act() => SampleRegistry.Act with { Id = $"act-{_registry.Revision}", At = UnixMicros.Of(_now) };
}
