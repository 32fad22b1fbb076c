using System.CommandLine;
using System.CommandLine.Invocation;
using Gateway.Cli.Connect;
using Gateway.Cli.Login;
using Gateway.Cli.Registry;
using Gateway.Cli.Top;
using Gateway.Protocols.Journal;

namespace Gateway.Cli;

/// <summary>The commands of <c>gateway</c>. Returns an <see cref="ExitCode"/>.</summary>
public static class CommandLine
{
    /// <summary>Runs one command line, with these environment variables.</summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, CliOutput output, Func<string, string?> variables, CancellationToken cancel = default)
    {
        var parsed = Commands(output, variables).Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            output.Fail($"{string.Join(" ", parsed.Errors.Select(e => Printable.Text(e.Message)))} See: gateway --help");
            return ExitCode.Usage;
        }

        try
        {
            var invocation = new InvocationConfiguration { Output = output.Output, EnableDefaultExceptionHandler = false };
            return await parsed.InvokeAsync(invocation, cancel);
        }
        catch (CommandException e)
        {
            output.Fail(e.Message);
            return e.ExitCode;
        }
        catch (Exception e) when (e is InvalidDataException or JournalFormatException or UnauthorizedAccessException or IOException)
        {
            if (StandardOutput.IsBrokenPipe(e)) return ExitCode.BrokenPipe;
            output.Fail(Printable.Text(e.Message));
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
    }

    static RootCommand Commands(CliOutput output, Func<string, string?> variables)
    {
        var source = new SourceOptions(variables);
        return new("Operates and audits a gateway cluster.")
        {
            SessionCommands.All(source, output, variables),
            LedgerCommands.All(source, output),
            ConnectionCommands.All(source, output),
            ConnectionCommands.Apply(source, output),
            SecretCommands.All(source, output),
            CertsCommands.All(source, output),
            ClusterKeyCommands.All(source, output),
            AuditCommand.Of(source, output),
            MaskingCommands.All(output, variables),
            NodeCommands.Nodes(source, output),
            NodeCommands.Node(source, output),
            TopCommand.Of(source, output),
            AccessCommands.Access(source, output),
            AccessCommands.Revoke(source, output),
            Check(output),
            LoginCommands.Login(source, output, variables),
            LoginCommands.Logout(source, output, variables),
            LoginCommands.WhoAmI(source, output),
            LoginCommands.Token(source, output, variables),
            CertificateCommands.All(source, output, variables),
            ConnectCommand.Of(source, output, variables),
        };
    }

    static Command Check(CliOutput output)
    {
        var path = new Argument<string>("path") { Description = "An appsettings.json, or the directory that holds it." };
        var command = new Command("check", "Checks a node's settings and connections as the node does.") { path };
        command.SetAction(parsed => new ConfigurationChecks(output).Check(parsed.GetRequiredValue(path)));
        return command;
    }
}
