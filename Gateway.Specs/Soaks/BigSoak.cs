using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text.Json;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Soaks;

/// <summary>One session of gigabytes through a real node with SQLite: recorded at flat cost, then verified and exported at flat memory, to the same bytes.</summary>
public sealed class BigSoak : IDisposable
{
    const long Gibibyte = 1L << 30;

    /// <summary>What a command may take at its most, in MiB, however long the session. Origin: 72 were measured, of which a .NET process at rest takes most.</summary>
    const long MostMemory = 200;

    /// <summary>What a byte of the last tenth may cost the node more than one of the first.</summary>
    const double MostGrowth = 1.5;

    const int Parts = 10;

    static readonly Dictionary<string, string> s_noEnvironment = [];

    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");
    readonly ConfigurationFolder _folder = new();
    readonly List<string> _report = [];
    long _received;

    static double Gibibytes =>
        double.TryParse(Environment.GetEnvironmentVariable("GATEWAY_SOAK_GIB"), NumberStyles.Float, CultureInfo.InvariantCulture, out var gib) ? gib : 1;

    [SoakFact]
    public async Task A_session_of_gigabytes_costs_no_more_at_its_end_than_at_its_beginning_and_comes_out_whole_at_flat_memory()
    {
        Assert.True(OperatingSystem.IsLinux(), "the soak reads /proc");
        await using var upstream = new TlsUpstream(_upstreams.Server(), CountAsync);
        var address = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, FreePort.Next());
        Configure(address.Port, upstream.Port);
        await using var node = SpecProcess.Start("gateway-node", _folder.Root, s_noEnvironment, "--contentRoot", _folder.Root);
        var sent = (long)(Gibibytes * Gibibyte);
        var (hash, growth) = await StreamAsync(node, address, sent);
        var session = await EndedAsync(node);
        Assert.Equal(0, await node.TerminateAsync());
        Say($"on disk              {new FileInfo(Journal).Length / (double)sent:0.000} bytes for each on the wire");

        await RunAsync("verify", "sessions", "verify", session, "--key", Path.Combine(Data, "seal.pub"));
        await RunAsync("export, pcapng", "sessions", "export", session, "--format", "pcapng", "--output", _folder.PathOf("session.pcapng"));
        File.Delete(_folder.PathOf("session.pcapng"));
        await RunAsync("export, raw", "sessions", "export", session, "--format", "raw", "--output", _folder.PathOf("raw"));
        await using (var raw = File.OpenRead(Path.Combine(_folder.Root, "raw", "to-upstream.bin")))
            Assert.Equal(hash, Convert.ToHexString(await SHA256.HashDataAsync(raw)));
        Say($"SHA-256              the same of what was sent and of what was exported: {hash[..16]}...");
        await RunAsync("replay to a file", "sessions", "replay", session, "--direction", "to-upstream", "--output", _folder.PathOf("replayed"));
        await using (var replayed = File.OpenRead(_folder.PathOf("replayed")))
            Assert.Equal(hash, Convert.ToHexString(await SHA256.HashDataAsync(replayed)));

        await ReportAsync();
        Assert.True(growth <= MostGrowth, string.Join('\n', _report));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _clients.Dispose();
        _upstreams.Dispose();
    }

    string Data => Directory.CreateDirectory(_folder.PathOf("data")).FullName;

    string Journal => Path.Combine(Data, "journal.db");

    void Configure(int port, int upstream)
    {
        _clients.WriteAuthority(_folder.PathOf("clients.crt"));
        _upstreams.WriteAuthority(_folder.PathOf("upstream.crt"));
        _folder.Write("connections.yaml", NodeProcess.Connection("echo", port, upstream));
        _folder.Write("appsettings.json", JsonSerializer.Serialize(new
        {
            Gateway = new { Node = new { Name = "big", DataDirectory = Data, DrainNotice = "0s", DrainGrace = "1s" }, Cluster = new { Port = 0 }, Admin = new { Port = 0 } },
        }));
    }

    async Task CountAsync(SslStream stream)
    {
        await stream.WriteAsync("hello"u8.ToArray());
        var buffer = new byte[256 * 1024];
        while (await stream.ReadAsync(buffer) is var read and > 0) Interlocked.Add(ref _received, read);
        await stream.ShutdownAsync();
    }

    /// <summary>Sends so much, and measures what each tenth of it costs the node, once it is warm.</summary>
    async Task<(string Hash, double Growth)> StreamAsync(SpecProcess node, System.Net.IPEndPoint address, long length)
    {
        SslStream? opened = null;
        await Eventually.AssertAsync(async () => Assert.Null(await Xunit.Record.ExceptionAsync(async () => opened = await OpenAsync(address))));
        await using var stream = opened!;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var costs = new List<double>();
        var (text, written, warm) = (new StreamedText(), 0L, length / 20);
        await WriteUpToAsync(warm);
        for (var part = 1; part <= Parts; part++)
        {
            var (before, from) = (ProcessFacts.Processor(node.Id), written);
            await WriteUpToAsync(part == Parts ? length : warm + ((length - warm) * part / Parts));
            costs.Add((ProcessFacts.Processor(node.Id) - before).TotalSeconds / ((written - from) / (double)Gibibyte));
        }

        await stream.ShutdownAsync();
        while (await stream.ReadAsync(new byte[64]) > 0) Assert.True(_received == length, "the upstream says goodbye early");
        Say($"the node's processor {string.Join(" ", costs.Select(cost => cost.ToString("0.0", CultureInfo.InvariantCulture)))} s for a GiB of each tenth");
        Say($"the node's memory    {ProcessFacts.HighWater(node.Id)} MiB at most");
        return (Convert.ToHexString(hash.GetHashAndReset()), costs[^1] / costs[0]);

        async Task WriteUpToAsync(long end)
        {
            while (written < end)
            {
                var piece = text.Next((int)Math.Min(StreamedText.Length, end - written));
                hash.AppendData(piece.Span);
                await stream.WriteAsync(piece);
                written += piece.Length;
            }

            await Eventually.TrueAsync(() => Interlocked.Read(ref _received) == written, TimeSpan.FromMinutes(2));
        }
    }

    async Task<SslStream> OpenAsync(System.Net.IPEndPoint address)
    {
        var client = await TlsClient.ConnectAsync(address, Path.Combine(Data, "ca.crt"), _clients.Client("camera-17"));
        await client.ReadExactlyAsync(new byte[5]);
        return client;
    }

    async Task<string> EndedAsync(SpecProcess node)
    {
        var id = "";
        await Eventually.AssertAsync(async () =>
        {
            Assert.False(node.HasExited, node.Output);
            var listed = await Tool.RunAsync("dotnet", Gateway("sessions", "list", "--ended", "--bytes", "1000", "--json"));
            Assert.True(listed.ExitCode == 0, listed.Output);
            using var read = JsonDocument.Parse(listed.Output);
            id = Assert.Single(read.RootElement.EnumerateArray()).GetProperty("id").GetString()!;
        });
        return id;
    }

    string[] Gateway(params string[] command) =>
        [Path.Combine(AppContext.BaseDirectory, "gateway.dll"), .. command, "--journal", Journal, "--cluster-key", Path.Combine(Data, "cluster.key")];

    /// <summary>Runs the command as a process of its own, and watches its memory.</summary>
    async Task RunAsync(string what, params string[] command)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await using var process = SpecProcess.Start("gateway", _folder.Root, s_noEnvironment, Gateway(command)[1..]);
        var most = 0L;
        await Eventually.TrueAsync(
            () =>
            {
                most = Math.Max(most, ProcessFacts.HighWater(process.Id));
                return process.HasExited;
            },
            TimeSpan.FromMinutes(30));
        Say($"{what,-20} {clock.Elapsed.TotalSeconds:0} s, {most} MiB of memory at most");
        Assert.True(await process.ExitAsync() == 0, process.Output);
        Assert.True(most is > 0 and <= MostMemory, string.Join('\n', _report));
    }

    void Say(FormattableString line) => _report.Add("  " + line.ToString(CultureInfo.InvariantCulture));

    async Task ReportAsync()
    {
        Directory.CreateDirectory(Repository.File("artifacts/soak"));
        var head = string.Create(CultureInfo.InvariantCulture, $"big soak: one session of {Gibibytes} GiB, recorded in full with SQLite, compressed and encrypted");
        await File.WriteAllLinesAsync(Repository.File("artifacts/soak/big.txt"), [head, .. _report]);
    }

    /// <summary>Lines that differ and compress well: no part of the stream is like another, and the disk holds many gigabytes of it.</summary>
    sealed class StreamedText
    {
        public const int Length = 256 * 1024;

        readonly byte[] _piece = new byte[Length];
        long _line;

        public ReadOnlyMemory<byte> Next(int length)
        {
            for (var at = 0; at < Length;)
            {
                var line = System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{_line++:D16} a reading that is as long as others are and says little\n"));
                var copied = Math.Min(line.Length, Length - at);
                line.AsSpan(0, copied).CopyTo(_piece.AsSpan(at));
                at += copied;
            }

            return _piece.AsMemory(0, length);
        }
    }
}
