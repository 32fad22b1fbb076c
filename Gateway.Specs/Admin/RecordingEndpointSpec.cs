using System.Runtime.CompilerServices;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Specs.Support;
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
