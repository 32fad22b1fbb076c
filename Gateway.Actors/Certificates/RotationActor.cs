using Akka.Actor;
using Gateway.Actors.Connections;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Certificates;

/// <summary>
/// Coordinates rotations: a singleton of the cluster's gateways that keeps no state. What was done is in the registry, what comes next
/// <see cref="RotationPlan"/> says, and each act carries an id made of name, version and phase, so that a step that two coordinators do after each
/// other is done once. An order that a dead coordinator had given is given again.
/// </summary>
public sealed partial class RotationActor : ReceiveActor, IWithTimers, IDisposable
{
    /// <summary>How often nodes are asked while a rotation waits for them, and how late a due renewal may be noticed.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Before a declaration is tried again that this node cannot read: as often as files are looked at.</summary>
    static readonly TimeSpan s_unreadable = TimeSpan.FromSeconds(10);

    readonly RotationParts _parts;
    readonly ILogger _log;
    readonly CancellationTokenSource _stopped = new();
    readonly Dictionary<string, Dictionary<string, NodeSight>> _sights = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);
    readonly HashSet<string> _busy = new(StringComparer.Ordinal);
    readonly RotationWaits _waits = new();
    readonly RenewalAdvisor _advisor;
    readonly UnrecordedActs _unrecorded;
    IDisposable? _subscription;
    CertificatesState? _withoutInternal;

    public RotationActor(RotationParts parts)
    {
        (_parts, _log) = (parts, parts.Logging.CreateLogger("Gateway.Rotation"));
        (_advisor, _unrecorded) = (new RenewalAdvisor(parts.Time), new UnrecordedActs(parts.Time));
        Receive<Look>(_ => LookAtAll(onlyNew: false));
        Receive<Changed>(_ => LookAtAll(onlyNew: true));
        Receive<CertificateShown>(Take);
        Receive<Made>(Take);
        Receive<Advised>(advised => _advisor.Take(advised.Version, advised.Advice));
        Receive<Proposed>(Take);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(RotationParts parts) => Akka.Actor.Props.Create(() => new RotationActor(parts));

    public void Dispose() => _stopped.Dispose();

    protected override void PreStart()
    {
        var (self, told) = (Self, (CertificatesState?)null);
        Log.Coordinates(_log);
        // Most acts are about something else. The registry calls one at a time.
        _subscription = _parts.Registry.Subscribe(snapshot =>
        {
            if (ReferenceEquals(snapshot.Certificates, told)) return;
            told = snapshot.Certificates;
            self.Tell(Changed.Instance);
        });
        Timers.StartPeriodicTimer(Look.Instance, Look.Instance, TimeSpan.Zero, Interval);
    }

    protected override void PostStop()
    {
        _subscription?.Dispose();
        _stopped.Cancel();
        Dispose();
    }

    /// <param name="onlyNew">What changed in the registry; otherwise what has come of time as well.</param>
    void LookAtAll(bool onlyNew)
    {
        var state = _parts.Registry.Current.Certificates;
        foreach (var gone in _sights.Keys.Where(name => !state.All.ContainsKey(name)).ToArray()) _sights.Remove(gone);
        _unrecorded.Forget(name => !state.All.ContainsKey(name));
        _waits.Forget(name => !state.All.ContainsKey(name));
        if (BeginsAuthority(state)) return;
        var signing = SigningOf(state);
        foreach (var certificate in state.All.Values)
        {
            if (!onlyNew || _waits.IsNew(certificate, signing)) LookAt(state, certificate, ask: true);
        }
    }

    void LookAt(CertificatesState state, ManagedCertificate certificate, bool ask)
    {
        if (_busy.Contains(certificate.Name)) return;
        var (signing, now) = (SigningOf(state), _parts.Time.GetUtcNow());
        var advised = certificate.Active is { } active ? _advisor.Of(active) : null;
        if (_waits.IsWaiting(certificate, signing, advised, now, out var read))
        {
            Advise(certificate, read);
            return;
        }

        if (_parts.Read(certificate) is not { } profile)
        {
            // A file that this node lacks may come.
            _waits.Wait(certificate, signing, null, advised, now, now + s_unreadable);
            return;
        }

        _waits.See(certificate, signing);
        var facts = new RotationFacts
        {
            Certificate = certificate,
            Profile = profile,
            LastVersion = state.LastVersion(certificate.Name),
            SigningGeneration = signing,
            LiveNodes = _parts.Nodes.Live,
            Sights = SightsOf(certificate.Name),
            Advised = advised,
            Now = now,
        };
        var step = RotationPlan.Next(facts);
        if (step is RotationStep.Wait wait)
        {
            _waits.Wait(certificate, signing, profile, advised, now, wait.Until);
            Advise(certificate, profile);
        }
        else if (step is RotationStep.Ask waits) Ask(certificate.Name, waits, ask);
        else if (step is not RotationStep.Issue issue) Propose(certificate.Name, Acts(certificate.Name, step));
        else if (_unrecorded.InPlaceOf(certificate, issue.Version) is not { } kept) Issue(certificate, profile, issue);
        else if (kept.IsDue(facts.Now)) Propose(certificate.Name, [kept.Act]);
    }

    /// <summary>The first certificate of the cluster's own authority brings that authority along.</summary>
    bool BeginsAuthority(CertificatesState state)
    {
        const string Authority = "";
        if (state.Authorities.Count > 0 || ReferenceEquals(state, _withoutInternal)) return false;
        if (!state.All.Values.Any(c => _parts.Read(c) is { Source: CertificateOrigin.Internal }))
        {
            _withoutInternal = state;
            return false;
        }

        if (_busy.Contains(Authority)) return true;
        try
        {
            Propose(Authority, InternalSource.Begin(1, signs: true, _parts.Key, Act("authority/1"), _parts.Time.GetUtcNow(), _parts.Token));
        }
        catch (CertificateSourceException e)
        {
            // Tried again with the next look.
            Log.NoAuthority(_log, e.Message);
        }

        return true;
    }

    void Ask(string name, RotationStep.Ask waits, bool ask)
    {
        if (ask) _parts.Nodes.Ask(waits.Missing, new ShowCertificate(name, waits.Version), Self);
    }

    void Take(CertificateShown shown)
    {
        if (!SightsOf(shown.Name).TryGetValue(shown.NodeKey, out var before) || before.Problem != shown.Problem)
        {
            if (shown.Problem.Length > 0) Log.NotYet(_log, shown.NodeKey, shown.Name, shown.Version, shown.Problem);
        }

        SightsOf(shown.Name)[shown.NodeKey] = new(shown.Version, shown.Holds, shown.Proves, shown.Problem);
        var state = _parts.Registry.Current.Certificates;
        if (state.All.TryGetValue(shown.Name, out var certificate)) LookAt(state, certificate, ask: false);
    }

    void Issue(ManagedCertificate certificate, CertificateProfile profile, RotationStep.Issue issue)
    {
        _busy.Add(certificate.Name);
        Log.Issues(_log, certificate.Name, issue.Version, issue.Reason);
        var order = Order(certificate, profile, issue.Version);
        var generation = profile.Source == CertificateOrigin.Internal ? SigningOf(_parts.Registry.Current.Certificates) : 0;
        RotationIssue.RunAsync(_parts, order, profile, generation, certificate.Failed, RotationSchedule.LifeOf(certificate, profile), Act, _stopped.Token)
            .PipeTo(Self, success: act => new Made(certificate, profile, act), failure: _ => new Made(certificate, profile, null));
    }

    void Take(Made made)
    {
        _busy.Remove(made.Of.Name);
        if (made.Act is RotationFailed failed) Log.Failed(_log, failed.Name, failed.Version, failed.Reason, UnixMicros.Time(failed.NextAttempt));
        if (made.Act is not { } act) return;
        _unrecorded.Keep(made.Of, made.Profile, act);
        Propose(made.Of.Name, [act]);
    }

    void Propose(string name, IReadOnlyList<RegistryEvent> acts)
    {
        _busy.Add(name);
        _parts.Commands.ChangeAsync(acts, null, _stopped.Token).PipeTo(
            Self, success: answer => new Proposed(name, acts[0], answer), failure: _ => new Proposed(name, acts[0], null));
    }

    void Take(Proposed proposed)
    {
        _busy.Remove(proposed.Name);
        _unrecorded.Take(proposed.Name, proposed.Act, proposed.Answer is { IsDone: true });
        if (proposed.Answer is not { } answer) return;
        if (!answer.IsDone)
        {
            if (_told.GetValueOrDefault(proposed.Name) != answer.Detail) Log.NotDone(_log, proposed.Name, answer.Detail);
            _told[proposed.Name] = answer.Detail;
            return;
        }

        _told.Remove(proposed.Name);
        if (answer.Outcome == RegistryOutcome.Done) _parts.Done(proposed.Act);
        var state = _parts.Registry.Current.Certificates;
        if (state.All.TryGetValue(proposed.Name, out var certificate)) LookAt(state, certificate, ask: true);
        else LookAtAll(onlyNew: true);
    }

    void Advise(ManagedCertificate certificate, CertificateProfile? profile)
    {
        if (profile is not { Source: CertificateOrigin.Acme } || certificate.Active is not { } active || !_advisor.ShouldAsk(active)) return;
        RotationIssue.AdviseAsync(_parts, Order(certificate, profile, active.Number), profile, active, _stopped.Token)
            .PipeTo(Self, success: advice => new Advised(active, advice), failure: _ => new Advised(active, null));
    }

    IReadOnlyList<RegistryEvent> Acts(string name, RotationStep step) => step switch
    {
        RotationStep.Activate active => [new CertificateActivated { Act = Act(Id(name, active.Version, "activated")), Name = name, Version = active.Version, Nodes = active.Nodes }],
        RotationStep.Prove proven => [new CertificateProven { Act = Act(Id(name, proven.Version, "proven")), Name = name, Version = proven.Version, Nodes = proven.Nodes }],
        RotationStep.Retire retire => [new CertificateRetired { Act = Act(Id(name, retire.Version, "retired")), Name = name, Version = retire.Version, Reason = retire.Reason }],
        _ => throw new InvalidOperationException($"{step.GetType().Name} is no act."),
    };

    static uint SigningOf(CertificatesState state) => state.Signing?.Generation ?? 0;

    Dictionary<string, NodeSight> SightsOf(string name)
    {
        if (!_sights.TryGetValue(name, out var sights)) _sights[name] = sights = new(StringComparer.Ordinal);
        return sights;
    }

    CertificateOrder Order(ManagedCertificate certificate, CertificateProfile profile, uint version) => new()
    {
        Name = certificate.Name,
        Version = version,
        Names = profile.Names,
        Use = profile.Use,
        Lifetime = profile.Lifetime,
        Issuer = profile.Issuer,
        ForNodes = certificate.Name == _parts.NodeCertificate,
        Replaces = certificate.Active?.Chain[0],
    };

    internal static string Id(string name, uint version, string phase) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"rotation/{name}/{version}/{phase}");

    Act Act(string id) => Protocols.Journal.Act.OfGateway("rotation", UnixMicros.Of(_parts.Time.GetUtcNow()), _parts.NodeKey, id);

    sealed record Look
    {
        public static readonly Look Instance = new();
    }

    sealed record Changed
    {
        public static readonly Changed Instance = new();
    }

    sealed record Made(ManagedCertificate Of, CertificateProfile Profile, RegistryEvent? Act);

    sealed record Advised(CertificateVersion Version, RenewalAdvice? Advice);

    sealed record Proposed(string Name, RegistryEvent Act, RegistryAnswer? Answer);

    static partial class Log
    {
        [LoggerMessage(366, LogLevel.Error, "The cluster's own authority cannot be made: {Problem}")]
        public static partial void NoAuthority(ILogger log, string problem);

        [LoggerMessage(370, LogLevel.Information, "This node coordinates the rotation of certificates")]
        public static partial void Coordinates(ILogger log);

        [LoggerMessage(371, LogLevel.Information, "Certificate {Name} is to have version {Version}: {Reason}")]
        public static partial void Issues(ILogger log, string name, uint version, string reason);

        [LoggerMessage(372, LogLevel.Error, "Certificate {Name} did not get version {Version}: {Reason}. Tried again at {Next:u}")]
        public static partial void Failed(ILogger log, string name, uint version, string reason, DateTimeOffset next);

        [LoggerMessage(373, LogLevel.Warning, "Node {Node} is not ready for certificate {Name}, version {Version}: {Problem}")]
        public static partial void NotYet(ILogger log, string node, string name, uint version, string problem);

        [LoggerMessage(374, LogLevel.Warning, "A step of certificate {Name} was not recorded: {Problem}")]
        public static partial void NotDone(ILogger log, string name, string problem);
    }
}
