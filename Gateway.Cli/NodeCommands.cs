using System.CommandLine;

namespace Gateway.Cli;

/// <summary><c>gateway nodes</c> and <c>gateway node drain</c>, for operators.</summary>
static class NodeCommands
{
    public static Command Nodes(SourceOptions source, CliOutput output) =>
        Asking("nodes", "Shows the cluster as a node sees it.", source, output, (node, json, cancel) => node.NodesAsync(json, cancel));

    public static Command Node(SourceOptions source, CliOutput output)
    {
        const string described = "Lets the node that --node names finish its sessions and leave the cluster.";
        return new("node", "Steers one node.")
        {
            Asking("drain", described, source, output, (node, json, cancel) => node.DrainAsync(json, cancel)),
        };
    }

    static Command Asking(
        string name, string description, SourceOptions source, CliOutput output, Func<NodeQueries, bool, CancellationToken, Task<int>> ask)
    {
        var json = SessionCommands.JsonOption();
        var command = new Command(name, description) { json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            return await ask(new NodeQueries(node, output), parsed.GetValue(json), cancel);
        });
        return command;
    }
}
