using System.Reflection;
using Akka;
using Akka.Actor;
using Akka.Event;
using Akka.Util;

namespace Gateway.Actors.Hosting.Clustering.Remoting;

/// <summary>
/// Keeps the node running when an outgoing TLS handshake of remoting fails. Akka would shut the whole system down, so that one expired or
/// foreign certificate at an address it dials, or anybody on the path, would end every live stream. The guard is the first phase of the
/// shutdown: it fails, which aborts that shutdown, and makes another one possible. HandshakeFailureGuardSpec fails when Akka changes this.
/// See docs/decisions/0006-remoting-certificate.md.
/// </summary>
static class HandshakeFailureGuard
{
    const string Phase = "handshake-failure-guard";

    // Internal to Akka.Remote.
    const string Reason = "TlsHandshakeFailureReason";

    static readonly FieldInfo s_started = Field("_runStarted");

    static readonly FieldInfo s_promise = Field("_runPromise");

    public static void Install(ActorSystem system)
    {
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(Phase, "keep-running", () =>
            shutdown.ShutdownReason.GetType().Name == Reason ? Abort(shutdown, system.Log) : Task.FromResult(Done.Instance));
    }

    static Task<Done> Abort(CoordinatedShutdown shutdown, ILoggingAdapter log)
    {
        // A second call only returns the promise of the first; it faults once this phase has.
        shutdown.Run(shutdown.ShutdownReason).ContinueWith(aborted =>
        {
            _ = aborted.Exception;
            s_promise.SetValue(shutdown, new TaskCompletionSource<Done>());
            s_started.SetValue(shutdown, new AtomicReference<CoordinatedShutdown.Reason>(null!));
            log.Warning("An outgoing connection failed its TLS handshake; this node runs on");
        }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return Task.FromException<Done>(new InvalidOperationException("A failed handshake is no reason to shut down."));
    }

    static FieldInfo Field(string name) =>
        typeof(CoordinatedShutdown).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new MissingFieldException(nameof(CoordinatedShutdown), name);
}
