using System.CommandLine;
using System.Net.Http.Json;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Replay;
using Gateway.Cli.Connect;
using Gateway.Cli.Login;
using Gateway.Protocols;

namespace Gateway.Cli.Redriving;

/// <summary><c>sessions replay ID --to CONNECTION</c>: what a client said, said again to an upstream of today.</summary>
sealed class RedriveCommand(SourceOptions source, CliOutput output, Func<string, string?> variables)
{
    readonly Option<string?> _reason = new("--reason") { Description = "With --to: why, for the record of acts.", HelpName = "text" };

    readonly Option<string?> _host = new("--host") { Description = "With --to: where the connection is reached, if not at the node's host.", HelpName = "host" };

    public Option<string?> To { get; } = new("--to")
    {
        Description = "Says it again to the upstream of this connection, through the gateway and as yourself.",
        HelpName = "connection",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { To, _reason, _host }) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(To) is not null && AccessReasons.Checked(result.GetValue(_reason)) is null)
                result.AddError($"--to takes a --reason of one line and 1 to {KillRequest.LongestReason} characters.");
        });
    }

    public async Task<int> RunAsync(ParseResult parsed, ReplayRequest request, CancellationToken cancel)
    {
        if (source.Journal(parsed) is not null) throw new CommandException(ExitCode.Usage, "--to goes through a gateway: give --node instead of --journal");
        var connection = parsed.GetValue(To)!;
        using var node = source.Node(parsed);
        var archive = new HttpSessionArchive(node);
        var row = await archive.FindAsync(request.SessionId, cancel) ?? throw SessionQueries.None(request.SessionId);
        var reached = await LoginCommands.ReachAsync(node, connection, cancel);
        if (reached.Protocol != row.Protocol)
        {
            throw new CommandException(
                ExitCode.Usage,
                $"the session spoke {Printable.Text(row.Protocol)}, and connection {Printable.Text(connection)} speaks {Printable.Text(reached.Protocol)}; name one that speaks the same");
        }

        if (ProtocolCatalog.Find(row.Protocol)?.Redrive is not { } begin)
            throw new CommandException(ExitCode.Failed, $"how {Printable.Text(row.Protocol)} is said again is not known");

        // On record before anything is said.
        var order = JsonContent.Create(new RedriveRequest(connection, parsed.GetValue(_reason)), AdminRequestJson.Default.RedriveRequest);
        _ = await node.PostAsync($"{HttpSessionArchive.PathOf(row.SessionId)}/redrive", order, AdminJson.Default.SessionView, cancel)
            ?? throw SessionQueries.None(request.SessionId);
        var dialer = ConnectCommand.DialerOf(source, parsed, node, reached, parsed.GetValue(_host), variables);
        using var redriver = new SessionRedriver(begin(), dialer, output, TimeProvider.System);
        var pieces = SessionReplay.PiecesAsync(archive, row, operations: null, cancel);
        return await redriver.RunAsync(pieces, request.WindowOf(row.StartedAt), request.Pace, Token(parsed, reached), cancel);
    }

    Func<CancellationToken, Task<string?>> Token(ParseResult parsed, ReachableConnectionView reached)
    {
        if (!reached.TakesToken) return _ => Task.FromResult<string?>(null);
        var token = source.Token(parsed);
        return async cancel => await token(cancel);
    }
}
