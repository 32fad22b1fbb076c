using System.CommandLine;

namespace Gateway.Cli;

/// <summary>The commands of <c>gateway</c>. Returns an <see cref="ExitCode"/>.</summary>
public static class CommandLine
{
    public static int Run(IReadOnlyList<string> args, CliOutput output)
    {
        var parsed = Commands(output).Parse(args);
        if (parsed.Action is not System.CommandLine.Invocation.ParseErrorAction)
            return parsed.Invoke(new InvocationConfiguration { Output = output.Output });
        output.Fail($"{string.Join(" ", parsed.Errors.Select(e => Printable.Text(e.Message)))} See: gateway --help");
        return ExitCode.Usage;
    }

    static RootCommand Commands(CliOutput output) => new("Operates and audits a gateway cluster.") { Check(output) };

    static Command Check(CliOutput output)
    {
        var path = new Argument<string>("path") { Description = "An appsettings.json, or the directory that holds it." };
        var command = new Command("check", "Checks a node's settings and connections as the node does.") { path };
        command.SetAction(parsed => new ConfigurationChecks(output).Check(parsed.GetRequiredValue(path)));
        return command;
    }
}
