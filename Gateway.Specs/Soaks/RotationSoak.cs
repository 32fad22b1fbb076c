using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Soaks;

/// <summary>Three nodes, certificates of 90 seconds, 200 sessions that stream, an authority rolled over every two minutes.</summary>
[Collection(nameof(TestCluster))]
[SuppressMessage("Design", "CA1001", Justification = "The runner disposes of a spec by DisposeAsync.")]
public sealed class RotationSoak(TestCluster cluster) : IAsyncLifetime
{
    const int Sessions = 200;

    static readonly TimeSpan s_rollOver = TimeSpan.FromMinutes(2);

    RotatingConnection _connection = null!;
    readonly ConcurrentQueue<string> _faults = new();
    readonly ConcurrentDictionary<string, bool> _serials = new();
    int _handshakes;
    int _rollOvers;

    [SoakFact]
    public async Task No_session_ends_and_no_handshake_meets_a_bad_certificate()
    {
        var places = await _connection.ApplyAsync("soak");
        await using var streams = new StreamingClients(TimeSpan.FromMilliseconds(250));
        for (var i = 0; i < Sessions; i++) streams.Add((await _connection.Client.ConnectAsync(places[i % places.Count])).Stream);

        using var over = new CancellationTokenSource(TimeSpan.FromMinutes(SoakFactAttribute.Minutes!.Value));
        await Task.WhenAll([.. places.Select(place => ShakeHandsAsync(place, over.Token)), RollOverAsync(over.Token)]);
        await streams.GoOnAsync();

        var rotations = await RotationsAsync();
        var report = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            rotation soak: {SoakFactAttribute.Minutes} minutes, {places.Count} nodes, certificates of 90 s
              sessions           {streams.Count} opened, {streams.Ended} ended
              pieces             {streams.Rounds} of 512 bytes went and came back
              handshakes         {_handshakes} verified, {_faults.Count} failed, {_serials.Count} different certificates shown
              rotations          {rotations.Count} proven on every node; from issued to proven {rotations.DefaultIfEmpty().Average(t => t.TotalSeconds):0.00} s on average, {rotations.DefaultIfEmpty().Max().TotalSeconds:0.00} s at most
              authorities        {_rollOvers} rolled over

            """);
        Directory.CreateDirectory(Repository.File("artifacts/soak"));
        await File.WriteAllTextAsync(Repository.File("artifacts/soak/rotation.txt"), report);
        Assert.True(streams.Ended == 0 && _faults.IsEmpty, $"{report}{string.Join('\n', _faults.Take(10))}");
    }

    public Task InitializeAsync()
    {
        _connection = new RotatingConnection(cluster, "90s");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _connection.DisposeAsync();

    async Task ShakeHandsAsync(IPEndPoint place, CancellationToken over)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (await TickAsync(timer, over))
        {
            try
            {
                _serials[await _connection.Client.SerialAsync(place)] = true;
                Interlocked.Increment(ref _handshakes);
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException or System.Net.Sockets.SocketException)
            {
                _faults.Enqueue($"{place} at {TimeProvider.System.GetUtcNow():u}: {e.Message}");
            }
        }
    }

    async Task RollOverAsync(CancellationToken over)
    {
        using var timer = new PeriodicTimer(s_rollOver);
        while (await TickAsync(timer, over))
        {
            await _connection.RunAsync("certs", "authority", "rollover");
            await _connection.TrustAsync();
            await _connection.RunAsync("certs", "authority", "advance");
            await Eventually.AssertAsync(() => _connection.RunAsync("certs", "authority", "advance"), TimeSpan.FromMinutes(1));
            await _connection.TrustAsync();
            _rollOvers++;
        }
    }

    static async Task<bool> TickAsync(PeriodicTimer timer, CancellationToken over)
    {
        try
        {
            return await timer.WaitForNextTickAsync(over);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>How long each rotation took, from the record.</summary>
    async Task<IReadOnlyList<TimeSpan>> RotationsAsync()
    {
        var took = new List<TimeSpan>();
        foreach (var name in RotatingConnection.Certificates)
        {
            using var history = JsonDocument.Parse(await _connection.RunAsync("certs", "history", name, "--json"));
            var acts = history.RootElement.GetProperty("acts").EnumerateArray()
                .Select(a => (Act: a.GetProperty("act").GetString()!, Target: a.GetProperty("target").GetString()!, At: a.GetProperty("at").GetDateTimeOffset())).ToArray();
            took.AddRange(acts.Where(a => a.Act == "rotation-proven").Select(p => p.At - acts.Last(i => i.Act == "rotation-issued" && i.Target == p.Target).At));
        }

        return took;
    }
}
