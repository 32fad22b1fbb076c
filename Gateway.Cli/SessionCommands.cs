using System.CommandLine;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli;

/// <summary><c>gateway sessions</c>: what auditors read, and what is done to sessions.</summary>
static class SessionCommands
{
    public static Command All(SourceOptions source, CliOutput output, Func<string, string?> variables) =>
        new("sessions", "Lists, shows, replays, follows, searches, exports, verifies and ends sessions.")
        {
            List(source, output),
            Show(source, output),
            RecordingCommands.Replay(source, output, variables),
            RecordingCommands.Tail(source, output),
            GrepCommand.Grep(source, output),
            RecordingCommands.Export(source, output),
            VerifyCommand.Verify(source, output),
            Kill(source, output),
            Reasoned("erase", "Destroys the key to a recording's content for ever; what it proves stays.", source, output),
            Reasoned("hold", "Puts a recording under legal hold: it is neither erased nor does its retention end.", source, output),
            Reasoned("release", "Lifts a legal hold.", source, output),
        };

    /// <summary>A session's id.</summary>
    public static Argument<string> Id() => new("id") { Description = "The session's id, as sessions list shows it." };

    public static Option<bool> JsonOption() => new("--json") { Description = "JSON, for programs." };

    static Command List(SourceOptions source, CliOutput output)
    {
        var filter = new FilterOptions(TimeProvider.System);
        var json = JsonOption();
        var command = new Command("list", "Lists sessions, newest first.") { json };
        filter.AddTo(command, withOperations: true);
        source.AddArchiveTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var sessions = await source.ArchiveAsync(parsed, cancel);
            var queries = new SessionQueries(sessions.Archive, output);
            return await queries.ListAsync(filter.Read(parsed), parsed.GetValue(json), cancel);
        });
        return command;
    }

    static Command Show(SourceOptions source, CliOutput output)
    {
        var (id, json) = (Id(), JsonOption());
        var command = new Command("show", "Shows one session.") { id, json };
        source.AddArchiveTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var sessions = await source.ArchiveAsync(parsed, cancel);
            var queries = new SessionQueries(sessions.Archive, output);
            return await queries.ShowAsync(parsed.GetRequiredValue(id), parsed.GetValue(json), cancel);
        });
        return command;
    }

    /// <summary>Does something to a session's recording, for a reason.</summary>
    static Command Reasoned(string name, string description, SourceOptions source, CliOutput output)
    {
        var (id, reason) = (Id(), Reason());
        var command = new Command(name, description) { id, reason };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            return await new NodeQueries(node, output).DoAsync(name, parsed.GetRequiredValue(id), parsed.GetRequiredValue(reason), cancel);
        });
        return command;
    }

    static Option<string> Reason()
    {
        var reason = new Option<string>("--reason") { Description = "Why, for the record.", Required = true, HelpName = "text" };
        reason.Validators.Add(result =>
        {
            if (new KillRequest(result.GetValueOrDefault<string>()).Checked() is null)
                result.AddError($"--reason must be one line of 1 to {KillRequest.LongestReason} characters.");
        });
        return reason;
    }

    static Command Kill(SourceOptions source, CliOutput output)
    {
        var (id, reason) = (Id(), Reason());
        var command = new Command("kill", "Ends a session at once; its recording is sealed.") { id, reason };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            return await new NodeQueries(node, output).KillAsync(parsed.GetRequiredValue(id), parsed.GetRequiredValue(reason), cancel);
        });
        return command;
    }
}
