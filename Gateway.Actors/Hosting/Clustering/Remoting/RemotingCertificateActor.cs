using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Akka.Event;

namespace Gateway.Actors.Hosting.Clustering.Remoting;

/// <summary>Keeps remoting's certificate the one that is current. Connections that stand keep what they began with.</summary>
sealed class RemotingCertificateActor : ReceiveActor, IWithTimers
{
    // Renewal comes hours before expiry; seconds are soon enough, and a look costs nothing.
    static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);

    readonly RemotingCertificate _remoting = RemotingCertificate.Of(Context.System);

    readonly ILoggingAdapter _log = Context.GetLogger();

    public RemotingCertificateActor(Func<X509Certificate2> current) => Receive<Look>(_ => Present(current()));

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(Func<X509Certificate2> current) => Akka.Actor.Props.Create(() => new RemotingCertificateActor(current));

    protected override void PreStart() => Timers.StartPeriodicTimer(Look.Now, Look.Now, TimeSpan.Zero, s_interval);

    void Present(X509Certificate2 current)
    {
        if (_remoting.Presented.Thumbprint == current.Thumbprint) return;
        _remoting.Presented = current;
        _log.Info("Remoting presents another certificate from now on, {Thumbprint}, valid until {NotAfter:u}",
            current.Thumbprint, current.NotAfter.ToUniversalTime());
    }

    sealed class Look
    {
        public static readonly Look Now = new();
    }
}
