using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Gateway.Benchmarks.Machine;

namespace Gateway.Benchmarks.Relays;

/// <summary>
/// A PostgreSQL server for one relay's journal, as it is installed: nothing is tuned but where it listens. It is no child of the relay, so that its
/// processor time is not the relay's.
/// </summary>
sealed class PostgresProgram : IAsyncDisposable
{
    // Not below the benchmark's own directory, which is its user's alone.
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-benchmark-postgresql");
    readonly int _port = FreePort();
    RunningProgram? _program;

    PostgresProgram()
    {
    }

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=gateway;Database=postgres";

    /// <summary>Its processes.</summary>
    public ProcessTree Tree => _program!.Tree;

    public static async Task<PostgresProgram> Start(CancellationToken cancel)
    {
        var (initdb, postgres) = (Find("initdb"), Find("postgres"));
        var server = new PostgresProgram();
        try
        {
            await server.Start(initdb, postgres, cancel);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is not null) await _program.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    async Task Start(string initdb, string postgres, CancellationToken cancel)
    {
        var directory = _directory.FullName;
        string[] user = [];
        if (Environment.IsPrivilegedProcess)
        {
            // The server refuses to run as root.
            user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"];
            await Run(["chown", "postgres", directory], cancel);
        }

        var data = Path.Combine(directory, "data");
        await Run([.. user, initdb, "-D", data, "-U", "gateway", "-A", "trust", "-E", "UTF8"], cancel);
        string[] command = [.. user, postgres, "-D", data, "-p", $"{_port}", "-c", "listen_addresses=127.0.0.1", "-k", directory];
        _program = RunningProgram.Start(command[0], command[1..], "/");
        await _program.ListensOn(_port, cancel);
    }

    // Debian keeps every version's programs apart.
    static string Find(string name) => RunningProgram.Find(name)
        ?? (Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").Order().Select(d => Path.Combine(d, "bin", name)).LastOrDefault(File.Exists)
            : null)
        ?? throw new RelayStartException($"{name} is not installed; it comes with the package postgresql");

    static async Task Run(string[] command, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        using var process = Process.Start(start) ?? throw new RelayStartException($"{command[0]} did not start");
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var errors = await process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        if (process.ExitCode != 0) throw new RelayStartException($"{command[0]} ended with {process.ExitCode}: {await output}{errors}");
    }

    static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
