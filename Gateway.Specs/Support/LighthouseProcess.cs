using Gateway.Specs.Support.Network;

namespace Gateway.Specs.Support;

/// <summary>A real lighthouse process with a certificate of the given authority. Nodes join through <see cref="Address"/>.</summary>
public sealed class LighthouseProcess : IAsyncDisposable
{
    const int Attempts = 5;

    const string Program = "gateway-lighthouse";

    readonly Dictionary<string, string> _settings;
    readonly NetworkHost? _host;

    LighthouseProcess(SpecProcess process, string directory, Dictionary<string, string> settings, int healthPort, NetworkHost? host) =>
        (Process, Directory, _settings, Address, HealthPort, _host) = (process, directory, settings, settings["Lighthouse__Seeds__0"], healthPort, host);

    public SpecProcess Process { get; }

    /// <summary><c>host:port</c>, as nodes are configured with it.</summary>
    public string Address { get; }

    public int HealthPort { get; }

    /// <summary>Holds its files: <c>lighthouse.crt</c>, <c>lighthouse.key</c> and <c>authority.crt</c>.</summary>
    public string Directory { get; }

    /// <summary>
    /// Starts a lighthouse and waits until it is up. A port that was taken in between is tried no further; another one is.
    /// </summary>
    /// <param name="authority">Issues its certificate.</param>
    /// <param name="host">Where it runs; null: on this machine itself.</param>
    public static async Task<LighthouseProcess> StartAsync(TestCertificates authority, NetworkHost? host = null)
    {
        var output = "";
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var lighthouse = Start(authority, FreePort.Next(), FreePort.Next(), host);
            if (await lighthouse.Process.PrintsAsync("is up at")) return lighthouse;
            output = lighthouse.Process.Output;
            await lighthouse.DisposeAsync();
        }

        throw new InvalidOperationException($"No lighthouse came up:\n{output}");
    }

    /// <summary>Starts it again with what it has kept, when it has ended; it is up when this is over.</summary>
    public async Task<LighthouseProcess> StartAgainAsync()
    {
        var again = new LighthouseProcess(SpecProcess.StartOn(_host, Program, Directory, _settings), Directory, _settings, HealthPort, _host);
        await Process.DisposeAsync();
        if (!await again.Process.PrintsAsync("is up at")) throw new InvalidOperationException(again.Process.Output);
        return again;
    }

    /// <summary>The settings of a lighthouse with its files in <paramref name="directory"/>.</summary>
    public static Dictionary<string, string> Settings(TestCertificates authority, string directory, int port, int healthPort, string host = "127.0.0.1")
    {
        var (certificate, key) = TestCertificates.Write(authority.Server("lighthouse", "127.0.0.1"), directory, "lighthouse");
        return new Dictionary<string, string>
        {
            ["Lighthouse__Host"] = host,
            ["Lighthouse__Port"] = $"{port}",
            ["Lighthouse__Name"] = "lighthouse-0",
            ["Lighthouse__Seeds__0"] = $"{host}:{port}",
            ["Lighthouse__CertificateFile"] = certificate,
            ["Lighthouse__KeyFile"] = key,
            ["Lighthouse__ClusterAuthoritiesFile"] = authority.WriteAuthority(Path.Combine(directory, "authority.crt")),
            ["Lighthouse__HealthPort"] = $"{healthPort}",
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    static LighthouseProcess Start(TestCertificates authority, int port, int healthPort, NetworkHost? host)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("gateway-lighthouse").FullName;
        var settings = Settings(authority, directory, port, healthPort, host?.Address ?? "127.0.0.1");
        return new(SpecProcess.StartOn(host, Program, directory, settings), directory, settings, healthPort, host);
    }
}
