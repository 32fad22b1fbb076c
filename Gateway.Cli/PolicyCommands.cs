using System.CommandLine;

namespace Gateway.Cli;

/// <summary><c>gateway access policies</c>: the access rules of the whole cluster. <c>gateway apply</c> registers them.</summary>
static class PolicyCommands
{
    public static Command All(SourceOptions source, CliOutput output) => new("policies", "Shows and removes access policies, which gateway apply registers.")
    {
        List(source, output),
        Show(source, output),
        Remove(source, output),
    };

    static Command List(SourceOptions source, CliOutput output)
    {
        var json = SessionCommands.JsonOption();
        var command = new Command("list", "Lists the access policies.") { json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            return await new PolicyQueries(node, output).ListAsync(parsed.GetValue(json), cancel);
        });
        return command;
    }

    static Command Show(SourceOptions source, CliOutput output)
    {
        var name = Name();
        var json = SessionCommands.JsonOption();
        var command = new Command("show", "Shows the document of an access policy.") { name, json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            return await new PolicyQueries(node, output).ShowAsync(parsed.GetRequiredValue(name), parsed.GetValue(json), cancel);
        });
        return command;
    }

    static Command Remove(SourceOptions source, CliOutput output)
    {
        var name = Name();
        var terminate = new Option<bool>("--terminate") { Description = "Ends the sessions of the connections that it selects; else they keep their grant." };
        var command = new Command("remove", "Removes an access policy.") { name, terminate };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            return await new PolicyQueries(node, output).RemoveAsync(parsed.GetRequiredValue(name), parsed.GetValue(terminate), cancel);
        });
        return command;
    }

    static Argument<string> Name() => new("name") { Description = "The policy's name." };
}
