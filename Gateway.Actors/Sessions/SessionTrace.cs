using System.Diagnostics;
using System.Net;
using Gateway.Actors.Accept;
using Gateway.Protocols;

namespace Gateway.Actors.Sessions;

/// <summary>The spans of sessions, for whoever exports them.</summary>
public static class SessionTraces
{
    public const string SourceName = "Gateway.Sessions";
}

/// <summary>
/// A session as a tree of spans: <c>session</c>, and below it a span for each step it came to. What refused it is the status of its step and of the whole.
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
        var session = Start("session", default, since);
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
    public void End(Refusal refusal, string? detail)
    {
        if (_session is not { IsStopped: false }) return;
        foreach (var span in (Activity?[])[_relay, _session])
        {
            Judge(span, refusal, detail);
            span?.Stop();
        }
    }

    public void Dispose() => End(Refusal.InternalFault, "the session's actor stopped");

    async Task<Verdict<TNext>> RunAsync<T, TNext>(string name, Func<T, Task<Verdict<TNext>>> step, T input)
        where TNext : class
    {
        using var span = Child(name, default);
        var verdict = await step(input).ConfigureAwait(false);
        if (!verdict.IsGranted) Judge(span, verdict.Refusal, verdict.Detail);
        return verdict;
    }

    Activity? Child(string name, DateTimeOffset since) => _session is null ? null : Start(name, _session.Context, since);

    // Not for what runs on this thread later, nor below what ran before: actors share threads.
    static Activity? Start(string name, ActivityContext parent, DateTimeOffset since)
    {
        var before = Activity.Current;
        Activity.Current = null;
        try
        {
            return Source.StartActivity(name, ActivityKind.Server, parent, tags: null, links: null, since);
        }
        finally
        {
            Activity.Current = before;
        }
    }

    static void Judge(Activity? span, Refusal refusal, string? detail)
    {
        if (span is null || refusal == Refusal.None) return;
        span.SetTag("gateway.refusal", refusal.Word());
        span.SetStatus(ActivityStatusCode.Error, $"{refusal.Word()}: {detail}");
    }
}
