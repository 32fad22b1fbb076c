using System.CommandLine;
using System.Globalization;
using System.Text;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli.Registry;

/// <summary>
/// <c>gateway secrets</c>, for operators. A secret is read from standard input or a file, never from the command line, where other users of the
/// machine could see it.
/// </summary>
static class SecretCommands
{
    const int MostBytes = 64 * 1024;

    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    public static Command All(SourceOptions source, CliOutput output) => new("secrets", "Keeps the passwords of upstreams, and what accounts are verified by, in the registry, sealed.")
    {
        List(source, output), Set(source, output), ScramCommand.Of(source, output), Remove(source, output),
    };

    static Command List(SourceOptions source, CliOutput output)
    {
        var json = SessionCommands.JsonOption();
        var command = new Command("list", "Lists their names.") { json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            var secrets = await node.GetAsync("/v1/secrets", AdminJson.Default.IReadOnlyListSecretView, cancel);
            if (parsed.GetValue(json)) output.Json(secrets, AdminJson.Indented.IReadOnlyListSecretView);
            else output.Table(["NAME", "REVISION", "BY", "AT"], [.. secrets.Select(s => new[] { s.Name, s.Revision.ToString(CultureInfo.InvariantCulture), s.By, s.At })]);
            return ExitCode.Ok;
        });
        return command;
    }

    static Command Set(SourceOptions source, CliOutput output)
    {
        var name = new Argument<string>("name") { Description = "What connections call it: passwordSecret." };
        var file = new Option<string?>("--file") { Description = "The file with the secret; else it is read from standard input.", HelpName = "file" };
        var command = new Command("set", "Sets a secret, read from standard input or a file.") { name, file };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var secret = await ReadAsync("secret", parsed.GetValue(file), cancel);
            var set = await SetAsync(source, parsed, parsed.GetRequiredValue(name), secret, cancel);
            output.Line($"{Printable.Text(parsed.GetRequiredValue(name))}: set; the registry is at revision {set.Revision}");
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Has a node keep a secret.</summary>
    public static async Task<RevisionView> SetAsync(SourceOptions source, ParseResult parsed, string name, string secret, CancellationToken cancel)
    {
        using var node = source.Node(parsed);
        using var body = new StringContent(secret, s_strict, "text/plain");
        return await node.PutAsync(PathOf(name), body, AdminJson.Default.RevisionView, cancel) ?? throw None(name);
    }

    static Command Remove(SourceOptions source, CliOutput output)
    {
        var name = new Argument<string>("name") { Description = "The secret's name." };
        var command = new Command("remove", "Removes a secret.") { name };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            var removed = await node.DeleteAsync(PathOf(parsed.GetRequiredValue(name)), null, AdminJson.Default.RevisionView, cancel)
                ?? throw None(parsed.GetRequiredValue(name));
            output.Line($"{Printable.Text(parsed.GetRequiredValue(name))}: removed; the registry is at revision {removed.Revision}");
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>A secret from a file or standard input.</summary>
    /// <param name="what">What it is, for whoever gave none.</param>
    /// <param name="file">The file; null: standard input.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public static async Task<string> ReadAsync(string what, string? file, CancellationToken cancel)
    {
        if (file is null && !Console.IsInputRedirected)
            throw Usage($"the {what} is read from standard input: gateway secrets {(what == "secret" ? "set" : "scram")} NAME < FILE; or name its file with --file");
        try
        {
            await using var from = file is null ? Console.OpenStandardInput() : File.OpenRead(file);
            var bytes = new byte[MostBytes + 1];
            var length = await from.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel);
            if (length > MostBytes) throw Usage($"the {what} is larger than {MostBytes} bytes; is it the right file?");
            var text = s_strict.GetString(bytes, 0, length);
            Array.Clear(bytes);
            return ConfiguredFiles.WithoutLineEnd(text) is { Length: > 0 } secret ? secret : throw Usage($"the {what} is empty; give one");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new CommandException(ExitCode.Usage, $"the {what} cannot be read as UTF-8 text{(file is null ? "" : $" from {Printable.Text(file)}")}", e);
        }
    }

    static string PathOf(string name) => $"/v1/secrets/{Uri.EscapeDataString(name)}";

    static CommandException None(string name) => new(ExitCode.NotFound, $"there is no secret {Printable.Text(name)}; list them with: gateway secrets list");

    static CommandException Usage(string problem) => new(ExitCode.Usage, problem);
}
