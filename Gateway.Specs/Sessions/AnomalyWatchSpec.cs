using System.Collections.Concurrent;
using System.Net;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Actors.Sessions;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Sessions;

public sealed class AnomalyWatchSpec : IDisposable
{
    const string Other = "t12d0909ht_aaaaaaaaaaaa_bbbbbbbbbbbb";

    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    static readonly Place s_here =
        new("Zurich", [IPNetwork.Parse($"{IPEndPoint.Parse(SampleSession.Opened.Client.Address).Address}/32")]);

    static readonly AnomalyRule s_elsewhere = new() { Places = [new Place("Bern", [IPNetwork.Parse("198.51.100.0/24")])] };

    readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    readonly GatewayMetrics _metrics = new();
    readonly NoticeMeter _meter;
    readonly LogLines _log = new();
    readonly ILoggerFactory _logging;
    readonly AskedIndex _index = new();

    public AnomalyWatchSpec()
    {
        _meter = new NoticeMeter(_metrics);
        _logging = LoggerFactory.Create(logging => logging.AddProvider(_log));
    }

    public void Dispose()
    {
        _logging.Dispose();
        _meter.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task A_session_is_asked_about_once_and_its_record_says_what_is_new_of_it()
    {
        var recording = new NoticedRecording();

        Watch().Begin(SampleSession.Opened, recording, new ByteMark(), []);

        var noticed = await recording.NextAsync();
        Assert.Equal("client-fingerprint-new", noticed.Kind);
        Assert.Contains(Other, noticed.Explanation, StringComparison.Ordinal);
        Assert.Equal(1, _meter.Noticed("client-fingerprint-new"));
        var at = SampleSession.Opened.OpenedAt;
        Assert.Equal(new HistoryQuestion("münchen-42", "telemetry", at - 30L * 24 * 3600 * 1_000_000, at), Assert.Single(_index.Asked));
    }

    [Fact]
    public async Task Who_comes_again_and_again_is_asked_about_once_a_minute_and_what_it_came_with_is_known()
    {
        _index.Answer = () => AskedIndex.Unlike(sessions: 100);
        var (first, second, other, watch) = (new NoticedRecording(), new NoticedRecording(), new NoticedRecording(), Watch());
        watch.Begin(SampleSession.Opened, first, new ByteMark(), []);
        await first.NextAsync();

        _time.Advance(TimeSpan.FromMinutes(1));
        watch.Begin(SampleSession.Opened, second, new ByteMark(), []);
        watch.Begin(SampleSession.Opened with { Connection = "video" }, other, new ByteMark(), []);
        await other.NextAsync();
        Assert.Equal((2, 0), (_index.Asked.Count, second.Waiting));
        _time.Advance(TimeSpan.FromSeconds(1));
        watch.Begin(SampleSession.Opened, second, new ByteMark(), []);

        await second.NextAsync();
        Assert.Equal(3, _index.Asked.Count);
    }

    [Fact]
    public async Task Who_came_seldom_is_asked_about_each_time()
    {
        _index.Answer = () => AskedIndex.Unlike(sessions: 99);
        var (recording, watch) = (new NoticedRecording(), Watch());

        for (var i = 1; i < 3; i++)
        {
            watch.Begin(SampleSession.Opened, recording, new ByteMark(), []);
            await recording.NextAsync();
            Assert.Equal(i, _index.Asked.Count);
        }
    }

    [Fact]
    public async Task A_volume_is_told_when_it_is_reached_and_never_again()
    {
        var (recording, bytes) = (new NoticedRecording(), new ByteMark());
        Watch(new AnomalyOptions { LeastBytes = 1000 }).Begin(SampleSession.Opened, recording, bytes, []);
        await recording.NextAsync();

        await Eventually.TrueAsync(() =>
        {
            bytes.Add(999);
            return recording.Waiting > 0;
        });
        bytes.Add(1_000_000);

        Assert.Equal("volume-unusual", (await recording.NextAsync()).Kind);
        Assert.Equal(0, recording.Waiting);
        Assert.Equal((1, 1), (_meter.Noticed("client-fingerprint-new"), _meter.Noticed("volume-unusual")));
    }

    [Fact]
    public async Task A_database_that_fails_costs_a_line_of_the_log_and_the_next_session_is_compared()
    {
        var (recording, watch) = (new NoticedRecording(), Watch());
        _index.Answer = () => throw new TimeoutException("gone");

        watch.Begin(SampleSession.Opened, recording, new ByteMark(), []);
        await Eventually.TrueAsync(() => _meter.NotCompared("failed") == 1);
        _index.Answer = () => AskedIndex.Unlike();
        watch.Begin(SampleSession.Opened, recording, new ByteMark(), []);

        await recording.NextAsync();
        Assert.Single(_log.All, line => line.Contains("the index does not answer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_given_up_in_time()
    {
        var never = new TaskCompletionSource<SessionHistory>();
        _index.Answer = () => never.Task;

        Watch().Begin(SampleSession.Opened, new NoticedRecording(), new ByteMark(), []);

        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(11));
            return _meter.NotCompared("failed") == 1;
        });
    }

    [Fact]
    public async Task A_few_questions_are_asked_at_once_others_wait_and_of_more_sessions_none_is_asked()
    {
        var held = new TaskCompletionSource<SessionHistory>();
        var watch = Watch();
        _index.Answer = () => held.Task;

        for (var i = 0; i < AnomalyWatch.Waiting + 5; i++)
            watch.Begin(SampleSession.Opened with { Subject = $"sensor-{i}" }, new NoticedRecording(), new ByteMark(), []);

        Assert.Equal(5, _meter.NotCompared("busy"));
        await Eventually.TrueAsync(() => _index.Asked.Count == AnomalyWatch.AtOnce);
        held.SetResult(await AskedIndex.Unlike());
        await Eventually.TrueAsync(() => _index.Asked.Count == AnomalyWatch.Waiting);
        Assert.Equal(5, _meter.NotCompared("busy"));
    }

    [Fact]
    public void Switched_off_nothing_is_asked_and_no_rule_counts()
    {
        var recording = new NoticedRecording();

        Watch(new AnomalyOptions { Enabled = false }).Begin(SampleSession.Opened, recording, new ByteMark(), [s_elsewhere]);

        Assert.Empty(_index.Asked);
        Assert.Equal(0, recording.Waiting);
    }

    [Fact]
    public async Task What_the_connections_rules_say_is_told_without_the_index()
    {
        var recording = new NoticedRecording();
        _index.Answer = () => throw new TimeoutException("gone");

        Watch().Begin(SampleSession.Opened, recording, new ByteMark(), [s_elsewhere]);

        Assert.Equal("network-unusual", (await recording.NextAsync()).Kind);
        Assert.Equal(1, _meter.Noticed("network-unusual"));
    }

    [Fact]
    public async Task A_session_that_outlasts_its_usual_hours_is_told_with_the_first_bytes_after_them_and_once()
    {
        _index.Answer = () => AskedIndex.Unlike(sessions: 0);
        // It is midnight.
        var began = _time.GetUtcNow();
        var hour = new AccessHours { Days = [began.DayOfWeek], From = TimeSpan.Zero, To = TimeSpan.FromHours(1), Zone = TimeZoneInfo.Utc };
        var rule = new AnomalyRule { Hours = [hour] };
        var (recording, bytes) = (new NoticedRecording(), new ByteMark());
        Watch().Begin(SampleSession.Opened with { OpenedAt = UnixMicros.Of(began) }, recording, bytes, [rule]);

        bytes.Add(100);
        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMicroseconds(1));
        bytes.Add(100);
        Assert.Equal(0, recording.Waiting);
        _time.Advance(TimeSpan.FromMicroseconds(1));
        // That time passes is not enough: who is silent does nothing.
        bytes.Add(0);
        Assert.Equal(0, recording.Waiting);
        bytes.Add(1);
        bytes.Add(1);

        var noticed = await recording.NextAsync();
        Assert.Equal(("hours-unusual", UnixMicros.Of(began) + 3_600_000_000), (noticed.Kind, noticed.At));
        Assert.Equal((0, 1), (recording.Waiting, _meter.Noticed("hours-unusual")));
    }

    [Fact]
    public async Task Where_a_subjects_sessions_come_from_the_same_place_the_index_is_asked_each_time_which_others_are_open()
    {
        _index.Answer = () => AskedIndex.Unlike(sessions: 100, "198.51.100.4:1");
        var rule = new AnomalyRule { Places = [s_here, new Place("Bern", [IPNetwork.Parse("198.51.100.0/24")])], SamePlace = true };
        var (recording, watch) = (new NoticedRecording(), Watch());

        for (var i = 1; i < 3; i++)
        {
            watch.Begin(SampleSession.Opened, recording, new ByteMark(), [rule]);
            Assert.Equal(
                ["client-fingerprint-new", "place-impossible"],
                new[] { await recording.NextAsync(), await recording.NextAsync() }.Select(noticed => noticed.Kind));
            Assert.Equal(i, _index.Asked.Count(question => question.Beside == SampleSession.Opened.SessionId));
        }

        // A rule about others asks for nothing.
        watch.Begin(SampleSession.Opened, recording, new ByteMark(), [rule with { Subjects = ["somebody"] }]);
        Assert.Equal(2, _index.Asked.Count);
    }

    AnomalyWatch Watch(AnomalyOptions? options = null) => new(_index, options ?? new AnomalyOptions(), _metrics, _time, _logging);

    /// <summary>Takes what is noticed, and has it durable at once.</summary>
    sealed class NoticedRecording : ISessionRecording
    {
        readonly BlockingCollection<SessionNoticed> _noticed = [];

        public int Waiting => _noticed.Count;

        public Task<SessionNoticed> NextAsync() =>
            Task.Run(() => _noticed.TryTake(out var next, s_limit) ? next : throw new TimeoutException("Nothing was noticed."));

        public Task OpenAsync(SessionOpened opened) => throw new NotSupportedException();

        public void Record(ChunkDraft draft, Action<int> durable) => throw new NotSupportedException();

        public void Record(SessionEvent e, Action durable)
        {
            durable();
            _noticed.Add((SessionNoticed)e);
        }
    }

    sealed class AskedIndex : ISessionIndex
    {
        public ConcurrentQueue<HistoryQuestion> Asked { get; } = new();

        public Func<Task<SessionHistory>> Answer { get; set; } = () => Unlike();

        public static Task<SessionHistory> Unlike(long sessions = 3, params string[] beside) => Task.FromResult(new SessionHistory
        {
            Fingerprints = new Dictionary<string, long> { [Other] = sessions },
            Volumes = new SessionVolumes(Ended: 3, Most: 10),
            Beside = beside,
        });

        public Task<SessionHistory> HistoryAsync(HistoryQuestion question, CancellationToken cancel)
        {
            Asked.Enqueue(question);
            return Answer();
        }

        public Task AddAsync(SessionRow row, byte[]? sealedKey, CancellationToken cancel) => throw new NotSupportedException();

        public Task AddOperationsAsync(string sessionId, IReadOnlyList<IndexedOperation> operations, CancellationToken cancel) => throw new NotSupportedException();

        public Task CloseAsync(string sessionId, SessionClosing closing, SessionOperations rest, CancellationToken cancel) => throw new NotSupportedException();

        public Task<SessionRow?> FindAsync(string sessionId, CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyList<SessionRow>> ListAsync(SessionFilter filter, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<SessionRow>> OpenOutsideAsync(IReadOnlyCollection<string> nodeKeys, int most, CancellationToken cancel) =>
            throw new NotSupportedException();
    }
}
