using System.Diagnostics.CodeAnalysis;
using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Protocols.Journal;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Sessions;

/// <summary>
/// Asks the index what a session's subject usually does, and has the session's record say in what it differs. Beside the
/// session: no byte waits for it, and what goes wrong here is logged and changes nothing.
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

    /// <summary>The session was opened, and its row is in the index. <paramref name="passed"/> counts what it relays.</summary>
    public void Begin(SessionOpened opened, ISessionRecording recording, ByteMark passed)
    {
        if (!options.Enabled || IsJudged(opened, recording, passed)) return;
        if (Interlocked.Increment(ref _waiting) > Waiting)
        {
            Interlocked.Decrement(ref _waiting);
            metrics.ComparisonSkipped();
            return;
        }

        // Elsewhere: SQLite answers on the thread that asks.
        _ = Task.Run(() => AskAsync(opened, recording, passed));
    }

    async Task AskAsync(SessionOpened opened, ISessionRecording recording, ByteMark passed)
    {
        await _turns.WaitAsync().ConfigureAwait(false);
        try
        {
            // Somebody may have asked about the same subject while this one waited.
            if (IsJudged(opened, recording, passed)) return;
            using var limit = new CancellationTokenSource(s_limit, time);
            // Those that began before: of several that come with the same new fingerprint at once, the first is told.
            var since = opened.OpenedAt - TimeSpan.FromDays(options.Days).Ticks / TimeSpan.TicksPerMicrosecond;
            var question = new HistoryQuestion(opened.Subject, opened.Connection, since, opened.OpenedAt);
            var history = await index.HistoryAsync(question, limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
            _recent.Keep(opened.Subject, opened.Connection, history, opened.Client.Offer?.Ja4);
            Judge(opened, history, recording, passed);
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

    bool IsJudged(SessionOpened opened, ISessionRecording recording, ByteMark passed)
    {
        if (_recent.Find(opened.Subject, opened.Connection) is not { } history) return false;
        Judge(opened, history, recording, passed);
        return true;
    }

    void Judge(SessionOpened opened, SessionHistory history, ISessionRecording recording, ByteMark passed)
    {
        if (AnomalyPolicy.Fingerprint(opened.Client, history, options) is { } notice) Tell(opened, notice, recording);
        // All that is kept while the session runs.
        var volumes = history.Volumes;
        if (AnomalyPolicy.UnusualBytes(volumes, options) is { } bytes)
            passed.When(bytes, all => Tell(opened, AnomalyPolicy.Volume(all, volumes, options), recording));
    }

    void Tell(SessionOpened opened, Notice notice, ISessionRecording recording)
    {
        var now = UnixMicros.Of(time.GetUtcNow());
        var noticed = new SessionNoticed { At = now, Kind = notice.Kind.Word(), Explanation = notice.Explanation };
        recording.Record(noticed, () =>
        {
            metrics.Noticed(notice.Kind);
            SessionLog.Noticed(_log, opened.SessionId, opened.Connection, opened.Subject, notice.Kind.Word(), notice.Explanation);
        });
    }
}
