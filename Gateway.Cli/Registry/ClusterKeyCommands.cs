using System.CommandLine;
using System.Globalization;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli.Registry;

/// <summary><c>gateway cluster-key</c>: what the cluster's keys seal, for operators who replace one.</summary>
static class ClusterKeyCommands
{
    public static Command All(SourceOptions source, CliOutput output) => new(
        "cluster-key", "Shows what the cluster's keys seal, and seals it again with the newest.")
    {
        Show(source, output),
        Reseal(source, output),
    };

    static Command Show(SourceOptions source, CliOutput output)
    {
        var json = SessionCommands.JsonOption();
        var command = new Command("show", "Says how much each key seals.") { json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            var shown = await node.GetAsync("/v1/cluster-key", AdminJson.Default.ClusterKeyView, cancel);
            if (parsed.GetValue(json)) output.Json(shown, AdminJson.Indented.ClusterKeyView);
            else output.Table(["KEY", "STATE", "SECRETS", "PRIVATE KEYS", "RECORDINGS"], [.. shown.Keys.Select(Row)]);
            return ExitCode.Ok;
        });
        return command;
    }

    static Command Reseal(SourceOptions source, CliOutput output)
    {
        var command = new Command("reseal", "Seals with the newest key what older ones sealed, after which those can be taken out.");
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            var (registry, recordings, unopened) = (0, 0L, 0L);
            ResealView done;
            var query = "";
            do
            {
                done = await node.PostAsync($"/v1/cluster-key/reseal{query}", null, AdminJson.Default.ResealView, cancel)
                    ?? throw new CommandException(ExitCode.NotFound, "the node seals nothing again; is it of this version?");
                (registry, recordings, unopened) = (registry + done.Registry, recordings + done.Recordings, unopened + done.Unopened);
                query = $"?after={Uri.EscapeDataString(done.Next ?? "")}";
            }
            while (done.Next is not null);

            output.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"sealed again with key {done.Key}: {registry} of the registry, the keys of {recordings} recordings"));
            if (unopened == 0) return ExitCode.Ok;
            var left = unopened.ToString(CultureInfo.InvariantCulture);
            throw new CommandException(
                ExitCode.Failed, $"{left} were sealed with a key that the node does not have; see: gateway cluster-key show");
        });
        return command;
    }

    static string[] Row(SealedByView by) =>
    [
        by.Key, by.State, by.Secrets.ToString(CultureInfo.InvariantCulture), by.Keys.ToString(CultureInfo.InvariantCulture),
        by.Recordings.ToString(CultureInfo.InvariantCulture),
    ];
}
