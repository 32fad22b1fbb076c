using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Gateway.Specs.Support;

/// <summary>A real rsyslog on loopback: TLS only, and one file that it writes the messages' content to.</summary>
public sealed class Rsyslog : IAsyncDisposable
{
    readonly DirectoryInfo _directory;
    readonly Process _process;

    Rsyslog(DirectoryInfo directory, Process process) => (_directory, _process) = (directory, process);

    /// <summary>Header and content of every message, in the order they were written; what is being written now is left out.</summary>
    public IReadOnlyList<(string Header, JsonDocument Event)> Messages
    {
        get
        {
            var file = new FileInfo(Path.Combine(_directory.FullName, "events.log"));
            if (!file.Exists) return [];
            using var reader = new StreamReader(new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            var lines = reader.ReadToEnd().Split('\n')[..^1];
            return [.. lines.Select(line => line.Split('|', 2)).Select(parts => (parts[0], JsonDocument.Parse(parts[1])))];
        }
    }

    public IReadOnlyList<string> EventIds => [.. Messages.Select(m => m.Event.RootElement.GetProperty("id").GetString()!)];

    /// <summary>Starts one that lets in whoever has a certificate of <paramref name="clients"/>.</summary>
    public static async Task<Rsyslog> StartAsync(X509Certificate2 certificate, TestCertificates clients, int port)
    {
        var directory = Directory.CreateTempSubdirectory("gateway-rsyslog");
        var (chain, key) = TestCertificates.Write(certificate, directory.FullName, "server");
        var authorities = clients.WriteAuthority(Path.Combine(directory.FullName, "clients.crt"));
        var configuration = Path.Combine(directory.FullName, "rsyslog.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            global(workDirectory="{{directory.FullName}}" DefaultNetstreamDriver="gtls" DefaultNetstreamDriverCAFile="{{authorities}}"
                DefaultNetstreamDriverCertFile="{{chain}}" DefaultNetstreamDriverKeyFile="{{key}}")
            module(load="imtcp" StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="x509/certvalid")
            template(name="event" type="string" string="%pri% %hostname% %app-name% %msgid%|%msg%\n")
            input(type="imtcp" address="127.0.0.1" port="{{port}}")
            action(type="omfile" file="{{Path.Combine(directory.FullName, "events.log")}}" template="event")
            """);
        string[] arguments = ["-n", "-f", configuration, "-i", Path.Combine(directory.FullName, "pid")];
        var process = Process.Start(new ProcessStartInfo(Tool.Path("rsyslogd"), arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        await Eventually.TrueAsync(() => FreePort.IsTaken(port));
        return new Rsyslog(directory, process);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _directory.Delete(recursive: true);
    }
}
