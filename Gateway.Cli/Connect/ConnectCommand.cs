using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Gateway.Cli.Login;

namespace Gateway.Cli.Connect;

/// <summary><c>gateway connect</c>: a local port for clients that cannot speak TLS, or cannot bring a token.</summary>
static class ConnectCommand
{
    public static Command Of(SourceOptions source, CliOutput output)
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
            source, parsed, parsed.GetRequiredValue(name), parsed.GetValue(host), parsed.GetValue(port), output, cancel));
        return command;
    }

    static async Task<int> RunAsync(
        SourceOptions source, ParseResult parsed, string connection, string? host, int port, CliOutput output, CancellationToken cancel)
    {
        using var node = source.Node(parsed);
        var reached = await LoginCommands.ReachAsync(node, connection, cancel);
        var login = LocalLogins.Find(reached.Protocol);
        if (reached.TakesToken && login is null)
            throw new CommandException(ExitCode.Failed, $"the login of protocol {Printable.Text(reached.Protocol)} cannot be completed here; give its client the token itself");
        var where = host ?? source.Address(parsed)!.Host;
        var dialer = new GatewayDialer(
            where, reached.Port, reached.ServerName ?? where, source.NodeAuthorities(parsed), _ => Task.FromResult<X509Certificate2?>(null));
        using var listening = Listen(port);
        output.Line($"{Printable.Text(reached.Name)} ({Printable.Text(reached.Protocol)}) is reached at {listening.LocalEndPoint}; Ctrl-C ends it");
        var token = source.Token(parsed);
        using var local = new LocalPort(dialer, reached.TakesToken ? login : null, token, output);
        await local.ServeAsync(listening, cancel);
        return ExitCode.Ok;
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
