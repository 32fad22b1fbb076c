using Akka.Actor;
using Akka.Event;
using Gateway.Actors.Certificates;

namespace Gateway.Actors.Hosting.Clustering;

/// <summary>Keeps remoting's certificate the one of <see cref="INodeCertificates.Current"/>. Connections that stand keep what they began with.</summary>
sealed class RemotingCertificateActor : ReceiveActor, IWithTimers
{
    readonly RemotingCertificate _remoting = RemotingCertificate.Of(Context.System);

    readonly ILoggingAdapter _log = Context.GetLogger();

    public RemotingCertificateActor(INodeCertificates certificates) => Receive<Look>(_ => Present(certificates));

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(INodeCertificates certificates) => Akka.Actor.Props.Create(() => new RemotingCertificateActor(certificates));

    // Renewal comes hours before expiry; seconds are soon enough, and a look costs nothing.
    protected override void PreStart() => Timers.StartPeriodicTimer(Look.Now, Look.Now, TimeSpan.Zero, TimeSpan.FromSeconds(5));

    void Present(INodeCertificates certificates)
    {
        var current = certificates.Current.TargetCertificate;
        if (_remoting.Presented.Thumbprint == current.Thumbprint) return;
        _remoting.Presented = current;
        _log.Info("Remoting presents the certificate {Thumbprint} from now on, valid until {NotAfter:u}", current.Thumbprint, current.NotAfter.ToUniversalTime());
    }

    sealed class Look
    {
        public static readonly Look Now = new();
    }
}
