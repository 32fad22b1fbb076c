using System.Diagnostics;
using System.Net;
using Gateway.Actors.Accept;
using Gateway.Protocols;

namespace Gateway.Actors.Sessions;

/// <summary>The spans of sessions, for whoever exports them.</summary>
public static class SessionTraces
{
    public const string SourceName = "Gateway.Sessions";

    /// <summary>The step in which the gateway itself is the client.</summary>
    internal const string Upstream = "upstream";
}

/// <summary>
/// A session as a tree of spans: <c>session</c>, and below it a span for each step it came to. What refused it is the status of its step and of the whole:
/// its word alone, because what is said beside may name a subject.
/// Nobody listens unless <c>Gateway:Telemetry:Otlp</c> says so; then there are no spans, and the steps are run as they are.
/// </summary>
sealed class SessionTrace : IDisposable
{
    readonly Activity? _session;
    Activity? _relay;

    SessionTrace(Activity? session) => _session = session;

    /// <summary>The source of the spans.</summary>
    public static ActivitySource Source { get; } = new(SessionTraces.SourceName);

    public static SessionTrace Begin(string sessionId, AcceptedConnection accepted, TimeProvider time)
    {
        if (!Source.HasListeners()) return new SessionTrace(null);
        var now = time.GetUtcNow();
        var since = now - Stopwatch.GetElapsedTime(accepted.At);
        var session = Start("session", ActivityKind.Server, default, since);
        session?.SetTag("gateway.session.id", sessionId);
        session?.SetTag("gateway.connection", accepted.Profile.Name);
        session?.SetTag("network.protocol.name", accepted.Profile.Protocol.Name);
        var trace = new SessionTrace(session);
        trace.Child("accept", since)?.Stop();
        return trace;
    }

    /// <summary>The step, with a span around it.</summary>
    public Func<T, Task<Verdict<TNext>>> Step<T, TNext>(string name, Func<T, Task<Verdict<TNext>>> step)
        where TNext : class => _session is null ? step : input => RunAsync(name, step, input);

    /// <summary>Where the client is, once a balancer before it has told.</summary>
    public void ComesFrom(string endpoint)
    {
        if (_session is null || !IPEndPoint.TryParse(endpoint, out var client)) return;
        _session.SetTag("client.address", client.Address.ToString());
        _session.SetTag("client.port", client.Port);
    }

    /// <summary>Bytes pass from now on.</summary>
    public void Relays() => _relay = Child("relay", default);

    /// <summary>The session is over, for this refusal or for none. Said again it changes nothing.</summary>
    public void End(Refusal refusal)
    {
        if (_session is not { IsStopped: false }) return;
        foreach (var span in (Activity?[])[_relay, _session])
        {
            Judge(span, refusal);
            span?.Stop();
        }
    }

    public void Dispose() => End(Refusal.InternalFault);

    async Task<Verdict<TNext>> RunAsync<T, TNext>(string name, Func<T, Task<Verdict<TNext>>> step, T input)
        where TNext : class
    {
        using var span = Child(name, default);
        try
        {
            var verdict = await step(input).ConfigureAwait(false);
            if (!verdict.IsGranted) Judge(span, verdict.Refusal);
            return verdict;
        }
        catch
        {
            Judge(span, Refusal.InternalFault);
            throw;
        }
    }

    Activity? Child(string name, DateTimeOffset since) => _session is null ? null : Start(
        name, name == SessionTraces.Upstream ? ActivityKind.Client : ActivityKind.Internal, _session.Context, since);

    // Not for what runs on this thread later, nor below what ran before: actors share threads.
    static Activity? Start(string name, ActivityKind kind, ActivityContext parent, DateTimeOffset since)
    {
        var before = Activity.Current;
        Activity.Current = null;
        try
        {
            return Source.StartActivity(name, kind, parent, tags: null, links: null, since);
        }
        finally
        {
            Activity.Current = before;
        }
    }

    static void Judge(Activity? span, Refusal refusal)
    {
        if (span is null || refusal == Refusal.None) return;
        span.SetTag("gateway.refusal", refusal.Word());
        span.SetStatus(ActivityStatusCode.Error, refusal.Word());
    }
}
