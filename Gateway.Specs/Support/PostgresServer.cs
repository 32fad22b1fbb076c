using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Xunit;

namespace Gateway.Specs.Support;

/// <summary>A PostgreSQL server of its own for the specs of one collection, started when the first of them asks for a database.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    /// <summary>The role that has to bring its password; every other is taken at its word.</summary>
    public const string ByPassword = "scrammer";

    /// <summary>More than the server's own 100: each database of a spec has pools of its own, which keep what they opened for minutes.</summary>
    const int Connections = 600;

    static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);

    readonly string _directory = Directory.CreateTempSubdirectory("gateway-postgres-").FullName;
    readonly Lazy<Task<int>> _started;
    int _databases;
    int _port;
    Process? _server;

    public PostgresServer() => _started = new Lazy<Task<int>>(StartAsync);

    /// <summary>The connection string of a new, empty database.</summary>
    public async Task<string> DatabaseAsync()
    {
        var port = await _started.Value;
        var name = $"specs{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(ConnectionString(port, "postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync();
        return ConnectionString(port, name);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Ends the server without notice, as a power failure does.</summary>
    public async Task KillAsync()
    {
        _server!.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
    }

    /// <summary>Starts it again where it was, with what it has kept.</summary>
    public Task StartAgainAsync() => RunServerAsync();

    public async Task DisposeAsync()
    {
        if (_server is { HasExited: false })
        {
            _server.Kill(entireProcessTree: true);
            await _server.WaitForExitAsync();
        }
        _server?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    async Task<int> StartAsync()
    {
        // The server refuses to run as root.
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", "postgres", _directory);
        var data = Path.Combine(_directory, "data");
        await RunAsync(Tool.Path("initdb"), "-D", data, "-U", "gateway", "-A", "trust", "-E", "UTF8", "--no-sync");
        var access = Path.Combine(data, "pg_hba.conf");
        await File.WriteAllTextAsync(access, $"host all {ByPassword} all scram-sha-256\n{await File.ReadAllTextAsync(access)}");
        _port = FreePort();
        await RunServerAsync();
        return _port;
    }

    async Task RunServerAsync()
    {
        _server?.Dispose();
        _server = Start(
            Tool.Path("postgres"), "-D", Path.Combine(_directory, "data"), "-p", $"{_port}", "-c", "listen_addresses=127.0.0.1",
            "-c", $"unix_socket_directories={_directory}", "-c", "logging_collector=on", "-c", $"max_connections={Connections}");
        await WaitAsync(_port);
    }

    async Task WaitAsync(int port)
    {
        using var limit = new CancellationTokenSource(s_startLimit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await timer.WaitForNextTickAsync(limit.Token))
        {
            if (_server is { HasExited: true })
                throw new InvalidOperationException($"postgres ended with {_server.ExitCode}");
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString(port, "postgres"));
                await connection.OpenAsync(limit.Token);
                return;
            }
            catch (NpgsqlException)
            {
                // Not listening, or still starting: asked again.
            }
        }
    }

    static async Task RunAsync(string program, params string[] args)
    {
        using var process = Start(program, args);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await output}{errors}");
    }

    static Process Start(string program, params string[] args)
    {
        var asPostgres = Environment.IsPrivilegedProcess && program != "chown";
        string[] user = asPostgres ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", program] : [program];
        var start = new ProcessStartInfo(user[0], [.. user[1..], .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        return Process.Start(start)!;
    }

    static string ConnectionString(int port, string database) => $"Host=127.0.0.1;Port={port};Username=gateway;Database={database}";

    static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}

/// <summary>Specs that share one PostgreSQL server: <c>[Collection(PostgresSpecs.Name)]</c>.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresSpecs : ICollectionFixture<PostgresServer>
{
    public const string Name = "postgres";
}
