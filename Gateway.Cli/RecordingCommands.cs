using System.CommandLine;
using Gateway.Protocols;

namespace Gateway.Cli;

/// <summary>The commands that read recordings: <c>sessions replay</c> and <c>sessions export</c>.</summary>
static class RecordingCommands
{
    const string Upward = "to-upstream";

    const string Downward = "to-client";

    const string Both = "both";

    const string Lines = "json";

    const string Raw = "raw";

    public static Command Replay(SourceOptions source, CliOutput output)
    {
        var id = SessionCommands.Id();
        var direction = OneOf("--direction", "Which way", Both, Upward, Downward);
        var pace = Pace();
        var to = new Option<string?>("--output")
        {
            Description = "Raw bytes into this file, - for standard output. Default: a transcript.",
            HelpName = "file",
        };
        var command = new Command("replay", "Replays a recording.") { id, direction, pace, to };
        source.AddArchiveTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(to) is not null && result.GetValue(direction) is (null or Both))
                result.AddError($"--output takes the bytes of one direction: add --direction {Upward} or --direction {Downward}.");
        });
        command.SetAction(async (parsed, cancel) =>
        {
            using var sessions = await source.ArchiveAsync(parsed, cancel);
            var player = new SessionPlayer(sessions.Archive, output, TimeProvider.System);
            var (session, one) = (parsed.GetRequiredValue(id), DirectionOf(parsed.GetRequiredValue(direction)));
            if (parsed.GetValue(to) is not { } file) return await player.TranscriptAsync(session, one, parsed.GetValue(pace), cancel);
            if (file == "-" && output.IsTerminal)
                throw new CommandException(ExitCode.Usage, "raw bytes would steer this terminal; pipe them, or name a file");
            await using var raw = file == "-" ? null : new FileStream(file, FileMode.Create, FileAccess.Write);
            return await player.RawAsync(session, one!.Value, parsed.GetValue(pace), raw ?? output.Raw, cancel);
        });
        return command;
    }

    public static Command Export(SourceOptions source, CliOutput output)
    {
        var id = SessionCommands.Id();
        var format = OneOf("--format", "JSON lines of all events and traffic, or the bytes in a file per direction", Lines, Raw);
        var to = new Option<string>("--output")
        {
            Description = "json: a file, - for standard output. raw: a directory.",
            HelpName = "file|directory",
            DefaultValueFactory = _ => "-",
        };
        var command = new Command("export", "Writes a recording into files for other programs.") { id, format, to };
        source.AddArchiveTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(format) == Raw && result.GetValue(to) is (null or "-"))
                result.AddError("--format raw writes files: name a directory with --output.");
        });
        command.SetAction(async (parsed, cancel) =>
        {
            using var sessions = await source.ArchiveAsync(parsed, cancel);
            var export = new SessionExport(sessions.Archive, output);
            var (session, place) = (parsed.GetRequiredValue(id), parsed.GetRequiredValue(to));
            return parsed.GetValue(format) == Raw
                ? await export.RawAsync(session, place, cancel)
                : await export.JsonAsync(session, place, cancel);
        });
        return command;
    }

    // System.CommandLine's own check of this kind answers with one line per word.
    static Option<string> OneOf(string name, string description, params string[] words)
    {
        var all = string.Join(", ", words);
        var option = new Option<string>(name)
        {
            Description = $"{description}: {all}.",
            HelpName = "word",
            DefaultValueFactory = _ => words[0],
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var word] && !words.Contains(word.Value)) result.AddError($"'{word.Value}' is none of {all}.");
        });
        return option;
    }

    static Option<ReplayPace> Pace() => new("--pace")
    {
        Description = "max, realtime, or a factor of the recorded time such as 10.",
        HelpName = "pace",
        DefaultValueFactory = _ => ReplayPace.Max,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (ReplayPace.Parse(text) is { } pace) return pace;
            result.AddError($"'{text}' is no pace; use max, realtime, or a factor above 0 and up to 1000.");
            return default;
        },
    };

    static Direction? DirectionOf(string word) => word switch
    {
        Upward => Direction.ToUpstream,
        Downward => Direction.ToClient,
        _ => null,
    };
}
