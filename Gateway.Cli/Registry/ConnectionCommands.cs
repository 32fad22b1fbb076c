using System.CommandLine;

namespace Gateway.Cli.Registry;

/// <summary><c>gateway connections</c> and <c>gateway apply</c>, for operators.</summary>
static class ConnectionCommands
{
    public static Command All(SourceOptions source, CliOutput output) => new("connections", "Shows, registers and tries connections.")
    {
        Simple("list", "Lists the connections.", source, output, (node, json, cancel) => node.ListAsync(json, cancel)),
        Named("show", "Shows a connection, and how each node serves it.", source, output, (node, name, json, cancel) => node.ShowAsync(name, json, cancel)),
        Sending("add", "Registers the connections of a file; none of them may be there.", source, output, canPrune: false),
        Sending("update", "Changes the connections of a file; all of them must be there.", source, output, canPrune: false),
        Remove(source, output),
        Named("test", "Has the node dial the upstream, verify it and log in.", source, output, (node, name, json, cancel) => node.TestAsync(name, json, cancel)),
    };

    public static Command Apply(SourceOptions source, CliOutput output) =>
        Sending("apply", "Registers connections as a file says, as often as you like.", source, output, canPrune: true);

    static Command Sending(string name, string description, SourceOptions source, CliOutput output, bool canPrune)
    {
        var file = new Option<string>("--file", "-f") { Description = "The YAML file. Certificates it names are sent along.", Required = true, HelpName = "file" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only says what would change." };
        var prune = new Option<bool>("--prune") { Description = "Removes registered connections that the file does not have." };
        var terminate = TerminateOption();
        var json = SessionCommands.JsonOption();
        var command = new Command(name, description) { file, dryRun, terminate, json };
        if (canPrune) command.Options.Add(prune);
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var request = SentDocuments.Read(
                parsed.GetRequiredValue(file), name, parsed.GetValue(dryRun), canPrune && parsed.GetValue(prune), parsed.GetValue(terminate));
            using var node = source.Node(parsed);
            return await new ConnectionQueries(node, output).ApplyAsync(request, parsed.GetValue(json), cancel);
        });
        return command;
    }

    static Command Remove(SourceOptions source, CliOutput output)
    {
        var name = NameArgument();
        var revision = new Option<long?>("--revision") { Description = "Only if it is at that revision, as show tells it.", HelpName = "number" };
        var terminate = TerminateOption();
        var json = SessionCommands.JsonOption();
        var command = new Command("remove", "Removes a registered connection.") { name, revision, terminate, json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            return await new ConnectionQueries(node, output).RemoveAsync(
                parsed.GetRequiredValue(name), parsed.GetValue(revision), parsed.GetValue(terminate), parsed.GetValue(json), cancel);
        });
        return command;
    }

    static Command Named(
        string verb, string description, SourceOptions source, CliOutput output, Func<ConnectionQueries, string, bool, CancellationToken, Task<int>> ask)
    {
        var name = NameArgument();
        var json = SessionCommands.JsonOption();
        var command = new Command(verb, description) { name, json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            return await ask(new ConnectionQueries(node, output), parsed.GetRequiredValue(name), parsed.GetValue(json), cancel);
        });
        return command;
    }

    static Command Simple(
        string verb, string description, SourceOptions source, CliOutput output, Func<ConnectionQueries, bool, CancellationToken, Task<int>> ask)
    {
        var json = SessionCommands.JsonOption();
        var command = new Command(verb, description) { json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            return await ask(new ConnectionQueries(node, output), parsed.GetValue(json), cancel);
        });
        return command;
    }

    static Argument<string> NameArgument() => new("name") { Description = "The connection's name." };

    static Option<bool> TerminateOption() => new("--terminate")
    {
        Description =
            "Ends the sessions of changed and removed connections, and of those that changed policies select; else they keep their grant.",
    };
}
