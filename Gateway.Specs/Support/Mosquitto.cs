using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Specs.Support;

/// <summary>A real mosquitto on loopback: TLS only, and one user with a password; nobody else gets in.</summary>
public sealed class Mosquitto : IAsyncDisposable
{
    public const string UserName = "gateway";

    readonly DirectoryInfo _directory;
    readonly Process _process;

    Mosquitto(DirectoryInfo directory, Process process, int port, string password) =>
        (_directory, _process, Port, Password) = (directory, process, port, password);

    public int Port { get; }

    /// <summary>What clients must never see.</summary>
    public string Password { get; }

    public static async Task<Mosquitto> StartAsync(X509Certificate2 certificate)
    {
        var directory = Directory.CreateTempSubdirectory("gateway-mosquitto");
        var (chain, key) = TestCertificates.Write(certificate, directory.FullName, "broker");
        var password = $"canary-{Guid.NewGuid():N}";
        var passwords = Path.Combine(directory.FullName, "passwords");
        var made = await Tool.RunAsync("mosquitto_passwd", "-b", "-c", passwords, UserName, password);
        if (made.ExitCode != 0) throw new InvalidOperationException($"mosquitto_passwd: {made.Output}");
        OpenToItsUser(directory.FullName, key, passwords);
        var port = FreePort.Next();
        var configuration = Path.Combine(directory.FullName, "mosquitto.conf");
        await File.WriteAllTextAsync(configuration, $"""
            per_listener_settings false
            listener {port} 127.0.0.1
            certfile {chain}
            keyfile {key}
            tls_version tlsv1.3
            password_file {passwords}
            allow_anonymous false
            persistence false
            """);
        var process = Process.Start(new ProcessStartInfo(Tool.Path("mosquitto"), ["-c", configuration]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var broker = new Mosquitto(directory, process, port, password);
        await Eventually.TrueAsync(() => FreePort.IsTaken(port));
        return broker;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    // Started as root, mosquitto becomes the user of that name, who has to read all of this.
    static void OpenToItsUser(string directory, params string[] files)
    {
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        foreach (var file in files) File.SetUnixFileMode(file, (UnixFileMode)0b110_100_100);
    }
}
