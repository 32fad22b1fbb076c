using System.Runtime.CompilerServices;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Specs.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Replay;

public sealed class SessionTailSpec : IDisposable
{
    static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(500);

    readonly SealKey _key = SealKey.Ephemeral();
    readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public async Task History_and_what_is_recorded_meanwhile_come_in_order_without_gap_or_overlap(int history)
    {
        var recording = SampleSession.Recording(_key);
        var archive = new GrowingArchive(recording) { Visible = history };
        var seen = new List<long>();
        var following = FollowAsync(archive, seen);

        for (var visible = history; visible <= recording.Count; visible++)
        {
            archive.Visible = visible;
            var expected = visible;
            await Eventually.TrueAsync(() => Advanced() && Count(seen) == expected);
        }

        await following.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(Enumerable.Range(1, recording.Count).Select(n => (long)n), seen);
    }

    [Fact]
    public async Task A_session_that_the_index_calls_ended_is_not_followed_for_ever_although_its_seal_is_missing()
    {
        var archive = new GrowingArchive(SampleSession.Recording(_key)) { Visible = 4, Ended = true };
        var seen = new List<long>();

        await FollowAsync(archive, seen).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal([1, 2, 3, 4], seen);
    }

    [Fact]
    public async Task While_nothing_is_recorded_that_is_said_now_and_then()
    {
        var archive = new GrowingArchive(SampleSession.Recording(_key)) { Visible = 2 };
        var seen = new List<long>();
        using var stop = new CancellationTokenSource();
        var following = FollowAsync(archive, seen, stop.Token);

        await Eventually.TrueAsync(() => Advanced() && Count(seen) == 4);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        Assert.Equal([1, 2, JournaledEvent.Silence.SequenceNumber, JournaledEvent.Silence.SequenceNumber], seen);
    }

    public void Dispose() => _key.Dispose();

    bool Advanced()
    {
        _time.Advance(s_step);
        return true;
    }

    static int Count(List<long> seen)
    {
        lock (seen) return seen.Count;
    }

    async Task FollowAsync(ISessionArchive archive, List<long> seen, CancellationToken cancel = default)
    {
        await foreach (var e in SessionTail.FollowAsync(archive, SampleSession.Id, _time, cancel))
        {
            lock (seen) seen.Add(e.SequenceNumber);
        }
    }

    /// <summary>Shows as many events as are durable by then.</summary>
    sealed class GrowingArchive(IReadOnlyList<StoredEvent> events) : ISessionArchive
    {
        volatile int _visible;

        public int Visible { get => _visible; set => _visible = value; }

        public bool Ended { get; init; }

        public Task<IReadOnlyList<SessionRow>> ListAsync(SessionFilter filter, CancellationToken cancel) => throw new NotSupportedException();

        public Task<SessionRow?> FindAsync(string sessionId, CancellationToken cancel) =>
            Task.FromResult<SessionRow?>(MemoryArchive.SampleRow(Ended));

        public Task<KeyFinding> KeyAsync(string sessionId, CancellationToken cancel) => Task.FromResult(KeyFinding.None);

        public async IAsyncEnumerable<JournaledEvent> ReadAsync(string sessionId, [EnumeratorCancellation] CancellationToken cancel)
        {
            await Task.Yield();
            for (var i = 0; i < Visible; i++) yield return new JournaledEvent(i + 1, events[i].Manifest, events[i].Bytes);
        }
    }
}
