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

    /// <summary>The promise: so long after a version was issued no node shows an older one to a new handshake.</summary>
    static readonly TimeSpan s_soon = TimeSpan.FromSeconds(5);

    static readonly TimeSpan s_rollOver = TimeSpan.FromMinutes(2);

    RotatingConnection _connection = null!;
    readonly ConcurrentQueue<string> _faults = new();
    readonly ConcurrentQueue<ShownSerial> _shown = new();
    long _leastLeft = long.MaxValue;
    int _rollOvers;

    [SoakFact]
    public async Task No_session_ends_and_no_handshake_meets_a_bad_certificate()
    {
        var places = await _connection.ApplyAsync("soak");
        await using var streams = new StreamingClients(TimeSpan.FromMilliseconds(250));
        for (var i = 0; i < Sessions; i++) streams.Add((await _connection.Client.ConnectAsync(places[i % places.Count])).Stream);

        using var over = new CancellationTokenSource(TimeSpan.FromMinutes(SoakFactAttribute.Minutes!.Value));
        await Task.WhenAll([.. places.Select((place, i) => ShakeHandsAsync($"gw-{i + 1}", place, over.Token)), RollOverAsync(over.Token)]);
        await streams.GoOnAsync();

        var (edge, towards) = (await IssuedAsync("edge"), await IssuedAsync("towards"));
        var lags = RotationLag.Of(edge, _shown);
        var upstream = RotationLag.Of(towards, _connection.ShownToUpstream);
        var rotations = await RotationsAsync();
        var refused = _connection.RefusedByUpstream;
        var report = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            rotation soak: {SoakFactAttribute.Minutes} minutes, {places.Count} nodes, certificates of 90 s
              sessions           {streams.Count} opened, {streams.Ended} ended
              pieces             {streams.Rounds} of 512 bytes went and came back
              handshakes         {_shown.Count} verified, {_faults.Count} failed; the shortest life left was {TimeSpan.FromTicks(_leastLeft).TotalSeconds:0} s
              upstream           {_connection.ShownToUpstream.Count} client certificates shown, {refused.Count} refused
              rotations          {rotations.Count} proven on every node; from issued to proven {rotations.DefaultIfEmpty().Average(t => t.TotalSeconds):0.00} s on average, {rotations.DefaultIfEmpty().Max().TotalSeconds:0.00} s at most
              authorities        {_rollOvers} rolled over
              an older version was shown, at most so long after a newer was issued:

            """) + Lines(lags) + Lines(upstream);
        Directory.CreateDirectory(Repository.File("artifacts/soak"));
        await File.WriteAllTextAsync(Repository.File("artifacts/soak/rotation.txt"), report);
        var faults = _faults.Concat(refused).ToArray();
        Assert.True(streams.Ended == 0 && faults.Length == 0, $"{report}{string.Join('\n', faults.Take(10))}");
        Assert.True(lags.Count == places.Count && upstream.Count == 1, $"{report}Somewhere nothing was shown that is in the record.");
        var all = lags.Values.Concat(upstream.Values).ToArray();
        Assert.True(all.All(lag => lag.Longest <= s_soon), $"{report}More than {s_soon.TotalSeconds} s.");
        // One a minute at least, and one more for each authority: half of that were a rotation that stood still.
        Assert.True(all.All(lag => lag.Versions >= SoakFactAttribute.Minutes!.Value / 2), $"{report}Too few versions.");
    }

    public Task InitializeAsync()
    {
        _connection = new RotatingConnection(cluster, "90s");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _connection.DisposeAsync();

    static string Lines(IReadOnlyDictionary<string, (TimeSpan Longest, int Versions)> lags) => string.Concat(
        lags.OrderBy(lag => lag.Key, StringComparer.Ordinal).Select(lag => string.Create(
            CultureInfo.InvariantCulture, $"    {lag.Key,-17}{lag.Value.Longest.TotalSeconds:0.00} s, {lag.Value.Versions} versions\n")));

    async Task ShakeHandsAsync(string where, IPEndPoint place, CancellationToken over)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (await TickAsync(timer, over))
        {
            try
            {
                var began = TimeProvider.System.GetUtcNow();
                var (serial, notAfter) = await _connection.Client.LookAsync(place);
                _shown.Enqueue(new(where, began, serial));
                var left = (notAfter - TimeProvider.System.GetUtcNow()).Ticks;
                if (left < Volatile.Read(ref _leastLeft)) Volatile.Write(ref _leastLeft, left);
                if (left <= 0) _faults.Enqueue($"{place} showed {serial}, which ended at {notAfter:u}");
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

    /// <summary>Every version of a certificate, from the record.</summary>
    async Task<IReadOnlyList<IssuedSerial>> IssuedAsync(string name)
    {
        using var history = JsonDocument.Parse(await _connection.RunAsync("certs", "history", name, "--json"));
        return
        [
            .. history.RootElement.GetProperty("acts").EnumerateArray().Where(act => act.GetProperty("act").GetString() == "rotation-issued")
                // The detail is: serial NUMBER, until TIME.
                .Select(act => (At: act.GetProperty("at").GetDateTimeOffset(), Detail: act.GetProperty("detail").GetString()!))
                .Select(act => new IssuedSerial(act.At, act.Detail.Split(' ', ',')[1])),
        ];
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
