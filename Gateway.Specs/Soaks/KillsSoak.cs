using System.Diagnostics;
using System.Globalization;
using System.Net.Security;
using System.Text.Json;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Soaks;

/// <summary>Three nodes, one of which is killed at a random moment under traffic and started anew, again and again.</summary>
[Collection(nameof(TestCluster))]
public sealed class KillsSoak(TestCluster cluster)
{
    const int Sessions = 8;

    static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(2);

    [SoakFact]
    public async Task Every_session_of_a_killed_node_ends_sealed_and_verifies()
    {
        var random = new Random(7);
        var kills = new List<Kill>();
        var over = Stopwatch.StartNew();
        while (over.Elapsed.TotalMinutes < SoakFactAttribute.Minutes!.Value)
            kills.Add(await KillAsync(random.Next(cluster.Nodes.Count), TimeSpan.FromMilliseconds(random.Next(50, 3000))));

        var report = Report(kills);
        Directory.CreateDirectory(Repository.File("artifacts/soak"));
        await File.WriteAllTextAsync(Repository.File("artifacts/soak/kills.txt"), report);
        Assert.True(kills.TrueForAll(k => k.Sealed == k.Sessions && k.Verified == k.Sessions), report);
    }

    async Task<Kill> KillAsync(int index, TimeSpan after)
    {
        var (doomed, other) = (cluster.Nodes[index], cluster.Nodes[(index + 1) % cluster.Nodes.Count]);
        var before = (await ListAsync(other)).Select(s => s.Id).ToHashSet();
        var clients = new List<TimedClient>();
        for (var i = 0; i < Sessions; i++) clients.Add(new TimedClient(await cluster.OpenAsync(doomed)));
        var ids = (await ListAsync(other, "--open")).Select(s => s.Id).Where(id => !before.Contains(id)).ToArray();
        await Task.Delay(after); // The moment of the kill is what is tried, not waited for.

        await doomed.Process.KillAsync();
        var killed = Stopwatch.StartNew();
        foreach (var client in clients) await client.DisposeAsync();
        Dictionary<string, Listed> ended = [];
        while (ended.Count < ids.Length && killed.Elapsed < s_longestWait)
        {
            await Task.Delay(100);
            ended = (await ListAsync(other, "--ended", "--limit", "200")).Where(s => ids.Contains(s.Id)).ToDictionary(s => s.Id);
        }

        var took = killed.Elapsed;
        var verified = 0;
        foreach (var id in ids)
            if ((await other.GatewayAsync("sessions", "verify", id)).Code == 0) verified++;
        var clock = Stopwatch.StartNew();
        await cluster.ReplaceAsync(index);
        return new Kill(
            doomed.Process.Output.Contains("This node keeps the registry", StringComparison.Ordinal), ids.Length, ended.Count, verified, took, Loss(clients, ended.Values), clock.Elapsed);
    }

    /// <summary>The longest time of which nothing is left: from the first byte that is missing to the kill. Every client sent the same at its own pace.</summary>
    static TimeSpan Loss(List<TimedClient> clients, IEnumerable<Listed> ended)
    {
        // Which client had which session is not known, and need not be: the fewest bytes kept belong to one that sent at least so many.
        var kept = ended.Select(s => s.ToUpstream).Order().ToArray();
        var sent = clients.OrderBy(c => c.Sent).ToArray();
        return kept.Zip(sent, (bytes, client) => client.Since(bytes)).DefaultIfEmpty().Max();
    }

    static string Report(List<Kill> kills)
    {
        var seals = kills.Select(k => k.Took.TotalSeconds).Order().ToArray();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            kill soak: {SoakFactAttribute.Minutes} minutes, 3 nodes and a lighthouse, PostgreSQL, {Sessions} streaming sessions on the node that is killed
              nodes killed         {kills.Count}, {kills.Count(k => k.KeptRegistry)} of them with the cluster's singletons
              sessions             {kills.Sum(k => k.Sessions)}, {kills.Sum(k => k.Sealed)} sealed by a survivor, {kills.Sum(k => k.Verified)} verify
              from kill to sealed  {seals[seals.Length / 2]:0.0} s median, {seals[(int)(0.95 * (seals.Length - 1))]:0.0} s at 95 %, {seals[^1]:0.0} s at most
              recording lost       {kills.Max(k => k.Lost).TotalMilliseconds:0} ms of traffic at most
              a new node is ready  {kills.Average(k => k.Back.TotalSeconds):0.0} s after its start, on average

            """);
    }

    static async Task<IEnumerable<Listed>> ListAsync(NodeProcess through, params string[] filter)
    {
        var (code, output) = await through.GatewayAsync(["sessions", "list", "--json", .. filter]);
        Assert.True(code == 0, output);
        using var read = JsonDocument.Parse(output);
        return
        [
            .. read.RootElement.EnumerateArray().Select(s => new Listed(
                s.GetProperty("id").GetString()!, s.GetProperty("toUpstreamBytes") is { ValueKind: JsonValueKind.Number } bytes ? bytes.GetInt64() : 0)),
        ];
    }

    sealed record Listed(string Id, long ToUpstream);

    sealed record Kill(bool KeptRegistry, int Sessions, int Sealed, int Verified, TimeSpan Took, TimeSpan Lost, TimeSpan Back);

    /// <summary>Sends a piece every 10 ms until its session ends, and remembers when.</summary>
    sealed class TimedClient : IAsyncDisposable
    {
        // What it takes for a session to be open.
        const int Greeting = 5;

        readonly SslStream _stream;
        readonly List<long> _pieces = [];
        readonly Task _sending;
        long _last;

        public TimedClient(SslStream stream)
        {
            _stream = stream;
            _sending = SendAsync();
        }

        public long Sent => Greeting + (_pieces.Count * (long)Piece.Length);

        static byte[] Piece { get; } = new byte[1024];

        /// <summary>How long before the end the first byte was sent that is not among the first <paramref name="kept"/>.</summary>
        public TimeSpan Since(long kept)
        {
            var piece = (int)((kept - Greeting) / Piece.Length);
            return piece >= _pieces.Count || piece < 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_pieces[piece], _last);
        }

        public async ValueTask DisposeAsync()
        {
            await _sending;
            await _stream.DisposeAsync();
        }

        async Task SendAsync()
        {
            var back = new byte[Piece.Length];
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            try
            {
                while (await timer.WaitForNextTickAsync())
                {
                    var at = Stopwatch.GetTimestamp();
                    await _stream.WriteAsync(Piece);
                    await _stream.ReadExactlyAsync(back);
                    _pieces.Add(at);
                    _last = Stopwatch.GetTimestamp();
                }
            }
            catch (IOException)
            {
                // The node is dead.
            }
        }
    }
}
