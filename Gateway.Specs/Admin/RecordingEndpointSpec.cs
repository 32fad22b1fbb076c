using System.Runtime.CompilerServices;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Specs.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Admin;

public class RecordingEndpointSpec
{
    const int EventBytes = 256 * 1024;

    const int Events = 512;

    [Fact]
    public async Task A_large_recording_is_never_far_ahead_of_its_reader()
    {
        using var key = SealKey.Ephemeral();
        var archive = new LargeArchive(failAt: null);
        await using var host = await AdminHost.StartAsync(archive, SampleCluster.OfThree(key), key);
        using var client = host.Client("auditor");

        await using var stream = await client.GetStreamAsync($"/v1/sessions/{SampleSession.Id}/events");
        await foreach (var e in EventFrames.ReadAsync(stream, default)) archive.Took(e.Bytes.Length);

        Assert.Equal((long)Events * EventBytes, archive.Taken);
        // What the socket buffers of both sides hold: Linux lets them grow to about 10 MiB.
        Assert.InRange(archive.FarthestAhead, EventBytes, 16L * 1024 * 1024);
    }

    [Fact]
    public async Task A_recording_that_fails_midway_is_never_taken_for_a_whole_one()
    {
        using var key = SealKey.Ephemeral();
        var archive = new LargeArchive(failAt: 5);
        await using var host = await AdminHost.StartAsync(archive, SampleCluster.OfThree(key), key);
        using var client = host.Client("auditor");

        await using var stream = await client.GetStreamAsync($"/v1/sessions/{SampleSession.Id}/events");
        var fault = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (var e in EventFrames.ReadAsync(stream, default)) archive.Took(e.Bytes.Length);
        });

        Assert.True(fault is IOException or InvalidDataException, fault.ToString());
    }

    [Fact]
    public async Task A_reader_that_leaves_ends_the_reading()
    {
        using var key = SealKey.Ephemeral();
        var archive = new LargeArchive(failAt: null);
        await using var host = await AdminHost.StartAsync(archive, SampleCluster.OfThree(key), key);
        using var client = host.Client("auditor");

        var stream = await client.GetStreamAsync($"/v1/sessions/{SampleSession.Id}/events");
        await stream.ReadExactlyAsync(new byte[16]);
        await stream.DisposeAsync();

        await archive.Left.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(archive.Given < (long)Events * EventBytes);
    }

    [Fact]
    public async Task A_session_that_is_followed_is_streamed_to_its_last_event_and_that_it_was_is_recorded()
    {
        using var key = SealKey.Ephemeral();
        await using var host = await AdminHost.StartAsync(SampleCluster.OfThree(key), key);
        using var client = host.Client("auditor");

        await using var stream = await client.GetStreamAsync($"/v1/sessions/{SampleSession.Id}/events?follow=true");
        var last = new List<JournaledEvent>();
        await foreach (var e in EventFrames.ReadAsync(stream, default)) last.Add(e);
        var wrong = await client.GetAsync($"/v1/sessions/{SampleSession.Id}/events?follow=perhaps");

        Assert.Equal("s.sealed.1", last[^1].Manifest);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("followed", await client.GetStringAsync("/v1/audit"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_follows_a_silent_session_hears_that_it_is_silent_and_leaves_at_any_time()
    {
        using var key = SealKey.Ephemeral();
        await using var host = await AdminHost.StartAsync(SampleCluster.OfThree(key), key);
        using var client = host.Client("auditor");
        var time = (FakeTimeProvider)host.Services.GetRequiredService<TimeProvider>();

        await using var stream = await client.GetStreamAsync($"/v1/sessions/{SampleCluster.RunningId}/events?follow=true");
        await using var events = EventFrames.ReadAsync(stream, default).GetAsyncEnumerator();
        JournaledEvent? heard = null;
        while (!ReferenceEquals(heard, JournaledEvent.Silence))
        {
            var next = events.MoveNextAsync().AsTask();
            await Eventually.TrueAsync(() => { time.Advance(TimeSpan.FromSeconds(1)); return next.IsCompleted; });
            Assert.True(await next);
            heard = events.Current;
        }
    }

    /// <summary>128 MiB of events, made as they are asked for.</summary>
    sealed class LargeArchive(int? failAt) : ISessionArchive
    {
        long _given;
        long _taken;
        long _farthest;

        public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Given => Interlocked.Read(ref _given);

        public long Taken => Interlocked.Read(ref _taken);

        public long FarthestAhead => Interlocked.Read(ref _farthest);

        public void Took(int bytes) => Interlocked.Add(ref _taken, bytes);

        public Task<IReadOnlyList<SessionRow>> ListAsync(SessionFilter filter, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<SessionRow?> FindAsync(string sessionId, CancellationToken cancel) =>
            Task.FromResult<SessionRow?>(MemoryArchive.SampleRow(ended: true));

        public Task<KeyFinding> KeyAsync(string sessionId, CancellationToken cancel) => Task.FromResult(KeyFinding.None);

        public async IAsyncEnumerable<JournaledEvent> ReadAsync(string sessionId, [EnumeratorCancellation] CancellationToken cancel)
        {
            try
            {
                for (var i = 1; i <= Events; i++)
                {
                    await Task.Yield();
                    if (i == failAt) throw new InvalidOperationException("the journal is gone");
                    var ahead = Interlocked.Add(ref _given, EventBytes) - Taken;
                    Interlocked.Exchange(ref _farthest, Math.Max(ahead, FarthestAhead));
                    yield return new JournaledEvent(i, "s.traffic.1", new byte[EventBytes]);
                }
            }
            finally
            {
                Left.TrySetResult();
            }
        }
    }
}
