namespace Gateway.Specs.Support;

/// <summary>A real lighthouse process with a certificate of the given authority. Nodes join through <see cref="Address"/>.</summary>
public sealed class LighthouseProcess : IAsyncDisposable
{
    const int Attempts = 5;

    LighthouseProcess(SpecProcess process, string directory, int port, int healthPort) =>
        (Process, Directory, Address, HealthPort) = (process, directory, $"127.0.0.1:{port}", healthPort);

    public SpecProcess Process { get; }

    /// <summary><c>host:port</c>, as nodes are configured with it.</summary>
    public string Address { get; }

    public int HealthPort { get; }

    /// <summary>Holds its files: <c>lighthouse.crt</c>, <c>lighthouse.key</c> and <c>authority.crt</c>.</summary>
    public string Directory { get; }

    /// <summary>
    /// Starts a lighthouse and waits until it is up. A port that was taken in between is tried no further; another one is.
    /// </summary>
    public static async Task<LighthouseProcess> StartAsync(TestCertificates authority)
    {
        var output = "";
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var lighthouse = Start(authority, FreePort.Next(), FreePort.Next());
            if (await lighthouse.Process.PrintsAsync("is up at")) return lighthouse;
            output = lighthouse.Process.Output;
            await lighthouse.DisposeAsync();
        }

        throw new InvalidOperationException($"No lighthouse came up:\n{output}");
    }

    /// <summary>Another one at the same place, when this one is gone.</summary>
    /// <param name="authority">Issues its certificate.</param>
    /// <param name="nodes">By which it finds the cluster.</param>
    public async Task<LighthouseProcess> ReplaceAsync(TestCertificates authority, params string[] nodes)
    {
        await DisposeAsync();
        var another = Start(authority, int.Parse(Address.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture), HealthPort, nodes);
        if (!await another.Process.PrintsAsync("is up at")) throw new InvalidOperationException(another.Process.Output);
        return another;
    }

    /// <summary>The settings of a lighthouse with its files in <paramref name="directory"/>.</summary>
    public static Dictionary<string, string> Settings(TestCertificates authority, string directory, int port, int healthPort)
    {
        var (certificate, key) = TestCertificates.Write(authority.Server("lighthouse", "127.0.0.1"), directory, "lighthouse");
        return new Dictionary<string, string>
        {
            ["Lighthouse__Host"] = "127.0.0.1",
            ["Lighthouse__Port"] = $"{port}",
            ["Lighthouse__Name"] = "lighthouse-0",
            ["Lighthouse__Seeds__0"] = $"127.0.0.1:{port}",
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

    static LighthouseProcess Start(TestCertificates authority, int port, int healthPort, params string[] nodes)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("gateway-lighthouse").FullName;
        var settings = Settings(authority, directory, port, healthPort);
        for (var i = 0; i < nodes.Length; i++) settings[$"Lighthouse__Seeds__{i + 1}"] = nodes[i];
        return new(SpecProcess.Start("gateway-lighthouse", directory, settings), directory, port, healthPort);
    }
}
