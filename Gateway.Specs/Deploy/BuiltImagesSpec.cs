using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using Gateway.Specs.Promises;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Deploy;

/// <summary>The images that <c>./build.sh images --try</c> has built, started as deploy/compose says by the engine that built them.</summary>
[Collection(nameof(OwnCluster))]
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class BuiltImagesSpec : IAsyncLifetime
{
    const int MqttPort = 8883;
    const int AdminPort = 8443;

    static readonly string s_engine = Environment.GetEnvironmentVariable("GATEWAY_IMAGES") ?? "";

    readonly ComposeFolder _folder = new();
    readonly PostgresServer _postgres = new();
    Process? _broker;

    [OnDemandFact("images", "docker-compose", "openssl", "sh", "postgres", "mosquitto", "mosquitto_pub")]
    public async Task A_lighthouse_a_node_and_the_command_line_do_their_work_from_their_images_with_no_rights_and_nothing_to_write_to()
    {
        await using var containers = await PrepareAsync();
        await containers.StartAsync("lighthouse");
        await containers.StartAsync("node-1");
        await Eventually.AssertAsync(async () => Assert.True(await IsReadyAsync(), await containers.LogAsync("node-1")), TimeSpan.FromSeconds(90));

        var heard = Mqtt("mosquitto_sub", "-i", "listener", "-t", "sensors/#", "-C", "1", "-W", "20");
        await Eventually.AssertAsync(async () =>
        {
            var published = await Mqtt("mosquitto_pub", "-i", "sensor-1", "-t", "sensors/1", "-m", "21.5", "-q", "1", "-r");
            Assert.True(published.ExitCode == 0, published.Output);
        });
        Assert.Equal("21.5", (await heard).Output.Trim());

        Assert.Equal("0", await containers.StopAsync("node-1"));
        var (log, sessions) = (await containers.LogAsync("lighthouse"), await containers.RunOnceAsync("auditor", "sessions", "list"));
        Assert.Contains("telemetry", sessions.Result, StringComparison.Ordinal);
        var verified = await containers.RunOnceAsync("auditor", "sessions", "verify", "--all", "--key", "/run/gateway/seal.pub");
        Assert.True(verified.ExitCode == 0, verified.Output);
        Assert.Equal("0", await containers.StopAsync("lighthouse"));
        await ReportAsync($"{s_engine}: node, lighthouse and cli work from their images.\n{log}\n{sessions.Result}\n{verified.Result}");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_broker is not null)
        {
            _broker.Kill();
            await _broker.WaitForExitAsync();
            _broker.Dispose();
        }

        await _postgres.DisposeAsync();
        _folder.Dispose();
    }

    // Database and broker are this machine's: their images are others' work.
    async Task<ComposeContainers> PrepareAsync()
    {
        await _folder.PrepareAsync();
        var database = await _postgres.DatabaseAsync();
        await File.WriteAllTextAsync(_folder.PathOf("made/journal.connection"), database);
        await File.WriteAllTextAsync(_folder.PathOf("made/auditor.env"), $"GATEWAY_JOURNAL={database}\nGATEWAY_CLUSTER_KEY=/run/gateway/cluster.key\n");
        // All day, where the image knows of the place.
        await ChangeAsync("node/connections.yaml", "subjects: [sensor-1]", "rules: [{ effect: allow, subjects: [sensor-1], hours: { zone: Europe/Berlin } }]");
        await ChangeAsync("mosquitto.conf", "listener 1883", $"listener 1883 {ComposeContainers.Addresses["broker"]}");
        _broker = Process.Start(new ProcessStartInfo(Tool.Path("mosquitto"), ["-c", _folder.PathOf("mosquitto.conf")]));
        return new ComposeContainers(s_engine, await _folder.ServicesAsync());
    }

    async Task ChangeAsync(string file, string what, string into)
    {
        var text = await File.ReadAllTextAsync(_folder.PathOf(file));
        Assert.Contains(what, text, StringComparison.Ordinal);
        _folder.Write(file, text.Replace(what, into, StringComparison.Ordinal));
    }

    // As the folder's README says, but through the one node.
    Task<ToolRun> Mqtt(string program, params string[] arguments) => Tool.RunAsync(
        program,
        [
            "-h", "localhost", "-p", $"{MqttPort}", "-V", "5", "--cafile", Path.Combine(_folder.Made, "ca.crt"),
            "--cert", Path.Combine(_folder.Made, "sensor-1.crt"), "--key", Path.Combine(_folder.Made, "sensor-1.key"), .. arguments,
        ]);

    async Task<bool> IsReadyAsync()
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(Path.Combine(_folder.Made, "ca.crt"));
        using var http = new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust } }) { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var answer = await http.GetAsync(new Uri($"https://localhost:{AdminPort}/health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    static async Task ReportAsync(string text)
    {
        Directory.CreateDirectory(Repository.File("artifacts/images"));
        await File.WriteAllTextAsync(Repository.File("artifacts/images/tried.txt"), text);
    }
}
