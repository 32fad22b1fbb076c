using System.CommandLine;
using Gateway.Actors.Authorize;
using Gateway.Actors.Hosting.AdminApi;
using Microsoft.Extensions.Primitives;

namespace Gateway.Cli;

/// <summary>
/// <c>gateway access explain</c>: which rule decides. From a node, with its grants and revocations; or with <c>--files</c> from the files that a node
/// would start with.
/// </summary>
static class ExplainCommand
{
    public static Command Of(SourceOptions source, CliOutput output)
    {
        var subject = new Option<string>("--subject") { Description = "Who.", Required = true, HelpName = "name" };
        var connection = new Option<string>("--connection") { Description = "Wants to use which connection.", Required = true, HelpName = "name" };
        var groups = AccessCommands.Text("--groups", "names", "In these groups, separated by commas.");
        var issuer = AccessCommands.Text("--issuer", "name", "Proven by this issuer. Default: the first that the connection accepts.");
        var from = AccessCommands.Text("--from", "address", "From this address.");
        var at = AccessCommands.Text("--at", "time", "At this time, such as 2026-01-31T08:00:00Z. Default: now.");
        var files = AccessCommands.Text("--files", "path", "Offline: an appsettings.json, or its directory; grants and revocations are left out.");
        var json = SessionCommands.JsonOption();
        var command = new Command("explain", "Tells whether a subject would be let in, and which rule decides.")
        {
            subject, connection, groups, issuer, from, at, files, json,
        };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var question = Question(
                ("subject", parsed.GetRequiredValue(subject)), ("connection", parsed.GetRequiredValue(connection)), ("issuer", parsed.GetValue(issuer)),
                ("from", parsed.GetValue(from)), ("at", parsed.GetValue(at)), ("group", parsed.GetValue(groups)));
            if (parsed.GetValue(files) is { } path) return Offline(question, path, parsed.GetValue(json), output);
            using var node = source.Node(parsed);
            return await new AccessQueries(node, output).ExplainAsync(question, parsed.GetValue(json), cancel);
        });
        return command;
    }

    static AccessQuestion Question(params (string Name, string? Text)[] options)
    {
        var query = options.Where(option => option.Text is not null).Select(option => KeyValuePair.Create(
            option.Name, option.Name == "group" ? new StringValues(option.Text!.Split(',')) : new StringValues(option.Text)));
        var (question, fault) = AccessQuestion.Read(query);
        return question ?? throw new CommandException(ExitCode.Usage, Printable.Text(fault.Replace("The query's ", "--", StringComparison.Ordinal)));
    }

    static int Offline(AccessQuestion question, string path, bool json, CliOutput output)
    {
        var (_, configuration) = ConfigurationChecks.Load(path);
        foreach (var fault in configuration.Faults) output.Fail(fault.ToString());
        if (configuration.Faults.Count > 0) return ExitCode.Failed;
        var (view, problem) = question.Answer(configuration.Connections, AccessFacts.None, TimeProvider.System.GetUtcNow());
        return view is null ? throw new CommandException(ExitCode.Usage, Printable.Text(problem)) : AccessQueries.Show(view, json, output);
    }
}
