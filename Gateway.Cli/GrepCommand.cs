using System.CommandLine;
using System.Globalization;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Replay;

namespace Gateway.Cli;

/// <summary><c>gateway sessions grep</c>: what was said, in which sessions.</summary>
static class GrepCommand
{
    public static Command Grep(SourceOptions source, CliOutput output)
    {
        var pattern = new Argument<string>("pattern") { Description = "A regular expression, without look-around and back-references." };
        var ignoreCase = new Option<bool>("--ignore-case", "-i") { Description = "Letters match whatever their case." };
        var direction = ReplayOptions.OneOf("--direction", "Which way", "both", ReplayOptions.Upward, ReplayOptions.Downward);
        var around = Number("--context", "Operations shown before and after a match.", 0, 0, SearchRequest.MostAround, "-C");
        var limit = Number("--limit", "Stops after so many matches. Default: 1000.", 1000, 1, SearchRequest.MostMatches);
        var count = new Option<bool>("--count", "-c") { Description = "How many matches in each session, instead of them." };
        var json = SessionCommands.JsonOption();
        var filter = new FilterOptions(TimeProvider.System);
        var command = new Command("grep", "Searches what was said in recordings.") { pattern, ignoreCase, direction, around, limit, count, json };
        filter.AddTo(command, withLimit: false);
        source.AddArchiveTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var text = parsed.GetRequiredValue(pattern);
            var (found, fault) = SearchPattern.Parse(text, parsed.GetValue(ignoreCase));
            if (found is null) throw new CommandException(ExitCode.Usage, Printable.Text(fault));
            var request = new SearchRequest(filter.Read(parsed, most: int.MaxValue), found)
            {
                Direction = ReplayOptions.DirectionOf(parsed.GetValue(direction)),
                Around = parsed.GetValue(around),
                // Who counts wants to know how many there are.
                Most = parsed.GetValue(count) && parsed.GetResult(limit) is null or { Implicit: true } ? SearchRequest.MostMatches : parsed.GetValue(limit),
            };
            using var sessions = await source.ArchiveAsync(parsed, cancel);
            var search = new SessionGrep(sessions.Archive, output, parsed.GetValue(json), parsed.GetValue(count));
            return await search.RunAsync(new SearchQuery(text, parsed.GetValue(ignoreCase), request), cancel);
        });
        return command;
    }

    static Option<int> Number(string name, string description, int otherwise, int least, int most, params string[] aliases) => new(name, aliases)
    {
        Description = description,
        HelpName = "number",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
            result.AddError($"'{text}' must be between {least} and {most}.");
            return otherwise;
        },
    };
}
