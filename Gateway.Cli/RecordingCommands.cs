using System.CommandLine;
using Gateway.Cli.Redriving;

namespace Gateway.Cli;

/// <summary>The commands that read recordings: <c>sessions replay</c>, <c>sessions tail</c> and <c>sessions export</c>.</summary>
static class RecordingCommands
{
    const string Lines = "json";

    const string Raw = "raw";

    const string Packets = "pcapng";

    public static Command Replay(SourceOptions source, CliOutput output, Func<string, string?> variables)
    {
        var pace = Pace();
        var redrive = new RedriveCommand(source, output, variables);
        var command = Play(
            "replay", "Replays a recording.", source, output, (parsed, request) => request with { Pace = parsed.GetValue(pace) },
            (parsed, request, cancel) => parsed.GetValue(redrive.To) is null ? null : redrive.RunAsync(parsed, request, cancel));
        command.Options.Add(pace);
        redrive.AddTo(command);
        return command;
    }

    public static Command Tail(SourceOptions source, CliOutput output) =>
        Play("tail", "Replays a session and follows it until it ends.", source, output, (_, request) => request with { Follow = true });

    static Command Play(
        string name, string description, SourceOptions source, CliOutput output, Func<ParseResult, ReplayRequest, ReplayRequest> with,
        Func<ParseResult, ReplayRequest, CancellationToken, Task<int>?>? instead = null)
    {
        var id = SessionCommands.Id();
        var part = new ReplayOptions();
        var to = new Option<string?>("--output")
        {
            Description = "Raw bytes into this file, - for standard output. Default: a transcript.",
            HelpName = "file",
        };
        var command = new Command(name, description) { id, to };
        part.AddTo(command);
        source.AddArchiveTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(to) is not null && ReplayOptions.DirectionOf(result.GetValue(part.Direction)) is null)
                result.AddError($"--output takes the bytes of one direction: add --direction {ReplayOptions.Upward} or --direction {ReplayOptions.Downward}.");
        });
        command.SetAction(async (parsed, cancel) =>
        {
            var request = with(parsed, part.Read(parsed, parsed.GetRequiredValue(id)));
            if (instead?.Invoke(parsed, request, cancel) is { } other) return await other;
            using var sessions = await source.ArchiveAsync(parsed, cancel);
            var player = new SessionPlayer(sessions.Archive, output, TimeProvider.System);
            if (parsed.GetValue(to) is not { } file) return await player.TranscriptAsync(request, cancel);
            if (file == "-" && output.IsTerminal)
                throw new CommandException(ExitCode.Usage, "raw bytes would steer this terminal; pipe them, or name a file");
            await using var raw = file == "-" ? null : new FileStream(file, FileMode.Create, FileAccess.Write);
            return await player.RawAsync(request, raw ?? output.Raw, cancel);
        });
        return command;
    }

    public static Command Export(SourceOptions source, CliOutput output)
    {
        var id = SessionCommands.Id();
        var format = ReplayOptions.OneOf("--format", "JSON lines of all events and traffic, the bytes in a file per direction, or packets for Wireshark", Lines, Raw, Packets);
        var to = new Option<string>("--output")
        {
            Description = "json, pcapng: a file, - for standard output. raw: a directory.",
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
            if (parsed.GetValue(format) == Packets && place == "-" && output.IsTerminal)
                throw new CommandException(ExitCode.Usage, "packets would steer this terminal; pipe them, or name a file with --output");
            return parsed.GetValue(format) switch
            {
                Raw => await export.RawAsync(session, place, cancel),
                Packets => await export.PcapngAsync(session, place, cancel),
                _ => await export.JsonAsync(session, place, cancel),
            };
        });
        return command;
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
}
