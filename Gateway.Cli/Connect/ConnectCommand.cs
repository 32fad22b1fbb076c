using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Cli.Login;

namespace Gateway.Cli.Connect;

/// <summary><c>gateway connect</c>: a local port for clients that cannot speak TLS, or cannot bring a token.</summary>
static class ConnectCommand
{
    public static Command Of(SourceOptions source, CliOutput output, Func<string, string?> variables)
    {
        var name = new Argument<string>("connection") { Description = "The connection to reach." };
        var port = new Option<int>("--port") { Description = "The local port; by default the system chooses one.", HelpName = "port" };
        port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 65535) result.AddError("--port must be between 0 and 65535.");
        });
        var host = new Option<string?>("--host") { Description = "Where the connection is reached, if not at the node's host.", HelpName = "host" };
        var command = new Command("connect", "Opens a local port to a connection: TLS and the login are added on the way.") { name, port, host };
        source.AddTo(command);
        command.SetAction((parsed, cancel) => RunAsync(
            source, parsed, variables, parsed.GetRequiredValue(name), parsed.GetValue(host), parsed.GetValue(port), output, cancel));
        return command;
    }

    static async Task<int> RunAsync(
        SourceOptions source, ParseResult parsed, Func<string, string?> variables, string connection, string? host, int port, CliOutput output,
        CancellationToken cancel)
    {
        using var node = source.Node(parsed);
        var reached = await LoginCommands.ReachAsync(node, connection, cancel);
        var login = LocalLogins.Find(reached.Protocol);
        if (reached.TakesToken && login is null)
            throw new CommandException(ExitCode.Failed, $"the login of protocol {Printable.Text(reached.Protocol)} cannot be completed here; give its client the token itself");
        var dialer = DialerOf(source, parsed, node, reached, host, variables);
        using var listening = Listen(port);
        output.Line($"{Printable.Text(reached.Name)} ({Printable.Text(reached.Protocol)}) is reached at {listening.LocalEndPoint}; Ctrl-C ends it");
        using var local = reached.TakesToken
            ? new LocalPort(dialer, login, source.Token(parsed), output)
            : new LocalPort(dialer, login: null, _ => Task.FromResult(""), output);
        await local.ServeAsync(listening, cancel);
        return ExitCode.Ok;
    }

    /// <summary>Reaches a connection where its node is, or at another host; with the person's certificate where no token is taken.</summary>
    internal static GatewayDialer DialerOf(
        SourceOptions source, ParseResult parsed, AdminClient node, ReachableConnectionView reached, string? host, Func<string, string?> variables)
    {
        var where = host ?? source.Address(parsed)!.Host;
        var certificate = reached.TakesToken ? _ => Task.FromResult<X509Certificate2?>(null) : Certificate(source, parsed, node, reached.Name, variables);
        return new GatewayDialer(where, reached.Port, reached.ServerName ?? where, source.NodeAuthorities(parsed), certificate);
    }

    /// <summary>The stored certificate, or a new one where that is missing or about to end.</summary>
    static Func<CancellationToken, Task<X509Certificate2?>> Certificate(
        SourceOptions source, ParseResult parsed, AdminClient node, string connection, Func<string, string?> variables)
    {
        var (store, target) = (LoginCommands.Required(variables).Certificates, SourceOptions.TargetOf(source.Address(parsed)!));
        return async cancel =>
        {
            if (store.Find(target) is { } stored) return stored;
            await new CertificateIssue(node, target, store).RunAsync(connection, lifetime: null, cancel);
            return store.Find(target);
        };
    }

    static Socket Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(64);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new CommandException(ExitCode.Failed, $"port {port} cannot be opened ({e.Message}); choose another with --port", e);
        }
    }
}
