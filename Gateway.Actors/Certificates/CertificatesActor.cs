using Akka.Actor;

namespace Gateway.Actors.Certificates;

/// <summary>Says how this node holds a version of a certificate, and proves by its own listeners that what is active is what they present.</summary>
public sealed class CertificatesActor : ReceiveActor, IWithTimers, IDisposable
{
    /// <summary>Its name below <c>/user</c> on every node.</summary>
    public const string Name = "certificates";

    /// <summary>How long a change of files may go unnoticed.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    readonly CertificateStore _store;
    readonly ICertificateProbe _probe;
    readonly string _nodeKey;
    readonly CancellationTokenSource _stopped = new();
    readonly Dictionary<ShowCertificate, List<IActorRef>> _probing = [];

    public CertificatesActor(CertificateStore store, ICertificateProbe probe, string nodeKey)
    {
        (_store, _probe, _nodeKey) = (store, probe, nodeKey);
        Receive<ShowCertificate>(Show);
        Receive<Look>(_ =>
        {
            _store.LookAtFiles();
            _store.TellAlarms();
        });
        Receive<Probed>(probed =>
        {
            if (!_probing.Remove(probed.Question, out var askers)) return;
            foreach (var asker in askers) asker.Tell(Answer(probed.Question, holds: true, proves: probed.Problem.Length == 0, probed.Problem));
        });
    }

    public static Props Props(CertificateStore store, ICertificateProbe probe, string nodeKey) =>
        Akka.Actor.Props.Create(() => new CertificatesActor(store, probe, nodeKey));

    public ITimerScheduler Timers { get; set; } = null!;

    public void Dispose() => _stopped.Dispose();

    protected override void PreStart() => Timers.StartPeriodicTimer(Look.Instance, Look.Instance, LookEvery);

    protected override void PostStop()
    {
        _stopped.Cancel();
        Dispose();
    }

    void Show(ShowCertificate question)
    {
        if (question.Version == 0)
        {
            ShowFiles(question);
            return;
        }

        if (_store.Sight(question.Name, question.Version) is not { } held)
        {
            // It will read of it in a moment; that is no problem yet.
            Sender.Tell(Answer(question, holds: false, proves: false, ""));
            return;
        }

        if (held.Context is null || !_store.IsActive(question.Name, question.Version))
        {
            Sender.Tell(Answer(question, held.Context is not null, proves: false, held.Problem));
            return;
        }

        Prove(question, held.Facts!.Sha256);
    }

    /// <summary>Of a certificate in files every node has versions of its own; asked for version 0, it tells of what it presents.</summary>
    void ShowFiles(ShowCertificate question)
    {
        var (held, problem) = _store.OfFiles(question.Name);
        if (held is null || problem.Length > 0) Sender.Tell(Answer(question, holds: held is not null, proves: false, problem));
        else Prove(question, held.Facts!.Sha256);
    }

    void Prove(ShowCertificate question, string sha256)
    {
        // One look answers everybody who asks meanwhile.
        if (_probing.TryGetValue(question, out var waiting))
        {
            if (!waiting.Contains(Sender)) waiting.Add(Sender);
            return;
        }

        _probing[question] = [Sender];
        _probe.ProveAsync(question.Name, sha256, _stopped.Token).PipeTo(
            Self, success: problem => new Probed(question, problem ?? ""), failure: e => new Probed(question, $"the probe failed ({e.GetType().Name})"));
    }

    CertificateShown Answer(ShowCertificate question, bool holds, bool proves, string problem) =>
        new(_nodeKey, question.Name, question.Version, holds, proves, problem);

    sealed record Look
    {
        public static readonly Look Instance = new();
    }

    sealed record Probed(ShowCertificate Question, string Problem);
}

/// <summary>Looks from outside at what this node presents.</summary>
public interface ICertificateProbe
{
    /// <summary>
    /// Null when every listener that has to present the certificate of that SHA-256 (lower-case hex) does; otherwise the first that does
    /// not, as the middle of a sentence. Bounded in time by itself. Does not throw but for <paramref name="cancel"/>.
    /// </summary>
    Task<string?> ProveAsync(string certificate, string sha256, CancellationToken cancel);
}
