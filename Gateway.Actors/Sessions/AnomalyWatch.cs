using System.Diagnostics.CodeAnalysis;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Protocols.Journal;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Sessions;

/// <summary>
/// Holds a session against its connection's rules and against what the index knows of its subject, and has the session's record say in what
/// it differs. Beside the session: no byte waits for the index, and what goes wrong there is logged and changes nothing.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing to give back.")]
public sealed class AnomalyWatch(
    ISessionIndex index, AnomalyOptions options, GatewayMetrics metrics, TimeProvider time, ILoggerFactory logging)
{
    /// <summary>Questions that this node asks at once. Origin: a database of two cores answers some thousand a second.</summary>
    public const int AtOnce = 4;

    /// <summary>Sessions whose question waits or is asked; about one more none is. Origin: what a restart brings back at once.</summary>
    public const int Waiting = 1024;

    /// <summary>The longest an answer may take. Origin: as long as the index may take to write a row.</summary>
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    readonly SemaphoreSlim _turns = new(AtOnce);
    readonly RecentHistories _recent = new(time);
    readonly ILogger _log = logging.CreateLogger("Gateway.Session");
    int _waiting;

    DateTimeOffset Now => time.GetUtcNow();

    /// <summary>The session was opened, and its row is in the index. <paramref name="passed"/> counts what it relays.</summary>
    public void Begin(SessionOpened opened, ISessionRecording recording, ByteMark passed, IReadOnlyList<AnomalyRule> rules)
    {
        if (!options.Enabled) return;
        var watched = new Watched(opened, Usual.Of(rules, opened.Subject, opened.Groups), recording, passed);
        Hold(watched);
        if (IsJudged(watched)) return;
        if (Interlocked.Increment(ref _waiting) > Waiting)
        {
            Interlocked.Decrement(ref _waiting);
            metrics.ComparisonSkipped();
            return;
        }

        // Elsewhere: SQLite answers on the thread that asks.
        _ = Task.Run(() => AskAsync(watched));
    }

    /// <summary>Against what needs no question.</summary>
    void Hold(Watched watched)
    {
        var (opened, usual) = (watched.Opened, watched.Usual);
        var began = UnixMicros.Time(opened.OpenedAt);
        if (UsualPolicy.Network(usual, opened.Client.Address) is { } astray) Tell(watched, astray);
        if (UsualPolicy.Began(usual, began) is { } untimely) Tell(watched, untimely);
        else if (UsualPolicy.Outlasts(usual, began) is { } end)
            watched.Passed.WhenLate(() => Now >= end, () => Tell(watched, UsualPolicy.Outlasted(usual, end, Now)));
    }

    async Task AskAsync(Watched watched)
    {
        var opened = watched.Opened;
        await _turns.WaitAsync().ConfigureAwait(false);
        try
        {
            // Somebody may have asked about the same subject while this one waited.
            if (IsJudged(watched)) return;
            using var limit = new CancellationTokenSource(s_limit, time);
            // Those that began before: of several that come with the same new fingerprint at once, the first is told.
            var since = opened.OpenedAt - TimeSpan.FromDays(options.Days).Ticks / TimeSpan.TicksPerMicrosecond;
            var question = new HistoryQuestion(opened.Subject, opened.Connection, since, opened.OpenedAt)
            {
                Beside = watched.AsksOfOthers ? opened.SessionId : null,
            };
            var history = await index.HistoryAsync(question, limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
            _recent.Keep(opened.Subject, opened.Connection, history with { Beside = [] }, opened.Client.Offer?.Ja4);
            Judge(watched, history);
        }
        catch (Exception e)
        {
            // Whatever it was: who is served does not depend on it.
            metrics.ComparisonFailed();
            SessionLog.NotCompared(_log, e, opened.SessionId);
        }
        finally
        {
            _turns.Release();
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>What was answered of a subject a moment ago does not say which of its sessions are open now.</summary>
    bool IsJudged(Watched watched)
    {
        if (watched.AsksOfOthers || _recent.Find(watched.Opened.Subject, watched.Opened.Connection) is not { } history) return false;
        Judge(watched, history);
        return true;
    }

    void Judge(Watched watched, SessionHistory history)
    {
        var client = watched.Opened.Client;
        if (AnomalyPolicy.Fingerprint(client, history, options) is { } unknown) Tell(watched, unknown);
        if (UsualPolicy.Place(watched.Usual, client.Address, history.Beside) is { } elsewhere) Tell(watched, elsewhere);
        // All that is kept while the session runs.
        var volumes = history.Volumes;
        if (AnomalyPolicy.UnusualBytes(volumes, options) is { } bytes)
            watched.Passed.When(bytes, all => Tell(watched, AnomalyPolicy.Volume(all, volumes, options)));
    }

    void Tell(Watched watched, Notice notice)
    {
        var opened = watched.Opened;
        var noticed = new SessionNoticed { At = UnixMicros.Of(Now), Kind = notice.Kind.Word(), Explanation = notice.Explanation };
        watched.Recording.Record(noticed, () =>
        {
            metrics.Noticed(notice.Kind);
            SessionLog.Noticed(_log, opened.SessionId, opened.Connection, opened.Subject, notice.Kind.Word(), notice.Explanation);
        });
    }

    sealed record Watched(SessionOpened Opened, Usual Usual, ISessionRecording Recording, ByteMark Passed)
    {
        public bool AsksOfOthers { get; } = UsualPolicy.AsksOfOthers(Usual, Opened.Client.Address);
    }
}
