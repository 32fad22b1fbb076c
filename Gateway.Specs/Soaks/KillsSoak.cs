using System.Diagnostics;
using System.Globalization;
using System.Net.Security;
using System.Text.Json;
using Gateway.Specs.Promises;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Soaks;

/// <summary>
/// Four nodes, one of which is killed at a random moment under traffic, again and again. Another takes its place while the next one is tried already.
/// </summary>
[Collection(nameof(OwnCluster))]
public sealed class KillsSoak
{
    const int Nodes = 4;
    const int Sessions = 8;

    /// <summary>Nodes that are left to seal. Beside the lighthouse they are most members, whoever else joins.</summary>
    const int Survivors = 2;

    const string Begin = "<!-- kills: written by ./build.sh soak kills -->";
    const string End = "<!-- end of kills -->";

    static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(2);

    readonly TestCluster _cluster = new()
    {
        Plans = [.. Enumerable.Range(0, Nodes).Select(_ => new NodePlan { Address = new(System.Net.IPAddress.Loopback, FreePort.Next()) })],
    };

    readonly Task<TimeSpan>[] _replaced = [.. Enumerable.Repeat(Task.FromResult(TimeSpan.Zero), Nodes)];
    readonly List<TimeSpan> _backs = [];

    [SoakFact]
    public async Task Every_session_of_a_killed_node_ends_sealed_and_verifies()
    {
        var random = new Random(7);
        var kills = new List<Kill>();
        var over = Stopwatch.StartNew();
        try
        {
            await _cluster.InitializeAsync();
            over.Restart();
            while (over.Elapsed.TotalMinutes < SoakFactAttribute.Minutes!.Value)
                kills.Add(await KillAsync(await NextAsync(random), TimeSpan.FromMilliseconds(random.Next(50, 3000))));
            _backs.AddRange((await Task.WhenAll(_replaced)).Where(back => back > TimeSpan.Zero));
        }
        catch
        {
            await KeepLogsAsync();
            throw;
        }
        finally
        {
            await _cluster.DisposeAsync();
        }

        var report = Report(kills, over.Elapsed);
        Directory.CreateDirectory(Repository.File("artifacts/soak"));
        await File.WriteAllTextAsync(Repository.File("artifacts/soak/kills.txt"), report);
        Assert.True(kills.TrueForAll(k => k.Sealed == k.Sessions && k.Verified == k.Sessions && k.LostBytes <= ChaosBed.Window), report);
        var document = Repository.File("docs/reliability.md");
        await File.WriteAllTextAsync(document, MarkedPart.Put(await File.ReadAllTextAsync(document), Begin, End, Table(kills, over.Elapsed)));
    }

    /// <summary>One of those that are ready, once enough others are.</summary>
    async Task<int> NextAsync(Random random)
    {
        while (true)
        {
            int[] ready = [.. Enumerable.Range(0, Nodes).Where(i => _replaced[i].IsCompleted)];
            foreach (var i in ready) await _replaced[i];
            if (ready.Length > Survivors) return ready[random.Next(ready.Length)];
            await Task.WhenAny(_replaced.Where(task => !task.IsCompleted));
        }
    }

    async Task<Kill> KillAsync(int index, TimeSpan after)
    {
        var doomed = _cluster.Nodes[index];
        var other = _cluster.Nodes[Enumerable.Range(1, Nodes - 1).Select(step => (index + step) % Nodes).First(i => _replaced[i].IsCompleted)];
        var before = (await ListAsync(other, "--open")).Select(s => s.Id).ToHashSet();
        var clients = (await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => _cluster.OpenAsync(doomed)))).Select(stream => new TimedClient(stream)).ToList();
        var ids = (await ListAsync(other, "--open")).Select(s => s.Id).Where(id => !before.Contains(id)).ToArray();
        await Task.Delay(after); // The moment of the kill is what is tried, not waited for.

        await doomed.Process.KillAsync();
        var killed = Stopwatch.StartNew();
        foreach (var client in clients) await client.DisposeAsync();
        Dictionary<string, Listed> ended = [];
        while (ended.Count < ids.Length && killed.Elapsed < s_longestWait)
        {
            await Task.Delay(100);
            ended = (await ListAsync(other, "--ended")).Where(s => ids.Contains(s.Id)).ToDictionary(s => s.Id);
        }

        var took = killed.Elapsed;
        var keptRegistry = ChaosBed.Keeps(doomed);
        // Nobody has started in its place so far: who sealed is a survivor.
        var back = await _replaced[index];
        if (back > TimeSpan.Zero) _backs.Add(back);
        _replaced[index] = ReplaceAsync(index);
        var verified = (await Task.WhenAll(ids.Select(id => other.GatewayAsync("sessions", "verify", id)))).Count(ran => ran.Code == 0);
        return new Kill(keptRegistry, ids.Length, ended.Count, verified, took, Loss(clients, ended.Values), LostBytes(clients, ended.Values));
    }

    async Task KeepLogsAsync()
    {
        var folder = Directory.CreateDirectory(Repository.File("artifacts/soak/kills")).FullName;
        foreach (var (i, node) in _cluster.Nodes.Index()) await File.WriteAllTextAsync(Path.Combine(folder, $"gw-{i + 1}.log"), node.Process.Output);
    }

    async Task<TimeSpan> ReplaceAsync(int index)
    {
        var clock = Stopwatch.StartNew();
        await _cluster.ReplaceAsync(index);
        return clock.Elapsed;
    }

    // As below: the fewest bytes kept belong to one that sent at least so many.
    static long LostBytes(List<TimedClient> clients, IEnumerable<Listed> ended) =>
        ended.Select(s => s.ToUpstream).Order().Zip(clients.Select(c => c.Sent).Order(), (kept, sent) => Math.Max(0, sent - kept)).DefaultIfEmpty().Max();

    /// <summary>The longest time of which nothing is left: from the first byte that is missing to the kill. Every client sent the same at its own pace.</summary>
    static TimeSpan Loss(List<TimedClient> clients, IEnumerable<Listed> ended)
    {
        // Which client had which session is not known, and need not be: the fewest bytes kept belong to one that sent at least so many.
        var kept = ended.Select(s => s.ToUpstream).Order().ToArray();
        var sent = clients.OrderBy(c => c.Sent).ToArray();
        return kept.Zip(sent, (bytes, client) => client.Since(bytes)).DefaultIfEmpty().Max();
    }

    string Report(List<Kill> kills, TimeSpan took) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        kill soak: {took.TotalMinutes:0} minutes, {Nodes} nodes and a lighthouse, PostgreSQL, {Sessions} streaming sessions on the node that is killed

        {Table(kills, took)}
          a new node is ready {_backs.Select(back => back.TotalSeconds).DefaultIfEmpty().Average():0.0} s after its start, on average

        """);

    static string Table(List<Kill> kills, TimeSpan took)
    {
        var seals = kills.Select(k => k.Took.TotalSeconds).Order().ToArray();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            | | |
            | --- | ---: |
            | nodes killed, one after the other, in {took.TotalMinutes:0} minutes | {kills.Count} |
            | of them with the cluster's singletons | {kills.Count(k => k.KeptRegistry)} |
            | sessions that streamed through them | {kills.Sum(k => k.Sessions)} |
            | sealed as `node-lost` by a survivor | {kills.Sum(k => k.Sealed)} |
            | whole, unaltered and sealed (`sessions verify`) | {kills.Sum(k => k.Verified)} |
            | from the kill until the last of its sessions is sealed, median | {seals[seals.Length / 2]:0.0} s |
            | at 95 % | {seals[(int)(0.95 * (seals.Length - 1))]:0.0} s |
            | the longest | {seals[^1]:0.0} s |
            | the most that one session lost, of the 1024 KiB of its window | {kills.Max(k => k.LostBytes) / 1024.0:0} KiB |
            | the longest time of which nothing is left | {kills.Max(k => k.Lost).TotalMilliseconds:0} ms |

            """);
    }

    static async Task<IEnumerable<Listed>> ListAsync(NodeProcess through, params string[] filter)
    {
        var output = "";
        // A node that has just started, or a machine that is busy, may have to be asked again.
        await Eventually.AssertAsync(async () =>
        {
            (var code, output) = await through.GatewayAsync(["sessions", "list", "--json", .. filter]);
            Assert.True(code == 0, output);
        });
        using var read = JsonDocument.Parse(output);
        return
        [
            .. read.RootElement.EnumerateArray().Select(s => new Listed(
                s.GetProperty("id").GetString()!, s.GetProperty("toUpstreamBytes") is { ValueKind: JsonValueKind.Number } bytes ? bytes.GetInt64() : 0)),
        ];
    }

    sealed record Listed(string Id, long ToUpstream);

    sealed record Kill(bool KeptRegistry, int Sessions, int Sealed, int Verified, TimeSpan Took, TimeSpan Lost, long LostBytes);

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
