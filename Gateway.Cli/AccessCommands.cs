using System.CommandLine;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Protocols.Journal;

namespace Gateway.Cli;

/// <summary><c>gateway access</c> and <c>gateway revoke</c>: who may stream what, for how long, and who may no longer.</summary>
static class AccessCommands
{
    public static Command Access(SourceOptions source, CliOutput output) => new("access", "Explains who is let in, and lets subjects in for a while.")
    {
        ExplainCommand.Of(source, output),
        List(source, output),
        PolicyCommands.All(source, output),
        Grant(source, output),
        Withdraw(source, output),
    };

    /// <summary>Ends what a subject, a token or a certificate may do, everywhere and at once.</summary>
    public static Command Revoke(SourceOptions source, CliOutput output)
    {
        var kind = new Argument<string>("kind") { Description = "What to revoke: subject, token (by its jti) or certificate." };
        kind.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } word && RevocationKindWords.Parse(word) is null)
                result.AddError($"'{word}' is nothing to revoke; use subject, token or certificate.");
        });
        var value = new Argument<string>("value") { Description = "The subject's name, the token's id, the certificate's serial number or SHA-256." };
        var issuer = Text("--issuer", "name", "Only if this issuer issued it.");
        var until = new Option<string?>("--until") { Description = "When it ends: a time, or in how long (8h). Default: never.", HelpName = "time" };
        var lift = new Option<bool>("--lift") { Description = "Takes the revocation back." };
        var reason = Reason();
        var command = new Command("revoke", "Revokes a subject, a token or a certificate: its sessions end on every node, and no other begins.")
        {
            kind, value, issuer, until, lift, reason,
        };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            var request = new RevokeRequest(
                parsed.GetRequiredValue(kind), parsed.GetRequiredValue(value), parsed.GetValue(issuer), Time(parsed.GetValue(until)), parsed.GetRequiredValue(reason));
            return await new AccessQueries(node, output).RevokeAsync(request, parsed.GetValue(lift), cancel);
        });
        return command;
    }

    static Command List(SourceOptions source, CliOutput output)
    {
        var json = SessionCommands.JsonOption();
        var command = new Command("list", "Lists the grants and revocations that count now.") { json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            return await new AccessQueries(node, output).ListAsync(parsed.GetValue(json), cancel);
        });
        return command;
    }

    static Command Grant(SourceOptions source, CliOutput output)
    {
        var subject = new Option<string>("--subject") { Description = "Whom.", Required = true, HelpName = "name" };
        var issuer = Text("--issuer", "name", "Only if this issuer names it so.");
        var connection = Text("--connection", "name", "For this connection.");
        var labels = new Option<string[]>("--label") { Description = "For all connections that have this label; may be given several times.", HelpName = "key=value" };
        labels.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.Split('=') is not [{ Length: > 0 }, { Length: > 0 }]))
                result.AddError($"'{token.Value}' is no label; write it like env=prod.");
        });
        var duration = new Option<string>("--for") { Description = "How long, from 1m to 7d.", Required = true, HelpName = "duration" };
        var reason = Reason();
        var command = new Command("grant", "Lets a subject use a connection for a while, whatever its rules allow; what they deny stays denied.")
        {
            subject, issuer, connection, labels, duration, reason,
        };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            var named = (parsed.GetValue(labels) ?? []).Select(label => label.Split('=')).ToLookup(pair => pair[0], pair => pair[1]);
            if (named.FirstOrDefault(label => label.Count() > 1) is { } twice) throw new CommandException(ExitCode.Usage, $"--label {Printable.Text(twice.Key)} is given twice");
            var request = new GrantRequest(
                parsed.GetRequiredValue(subject), parsed.GetValue(issuer), parsed.GetValue(connection),
                named.Count > 0 ? named.ToDictionary(label => label.Key, label => label.Single()) : null,
                parsed.GetRequiredValue(duration), parsed.GetRequiredValue(reason));
            return await new AccessQueries(node, output).GrantAsync(request, cancel);
        });
        return command;
    }

    static Command Withdraw(SourceOptions source, CliOutput output)
    {
        var id = new Argument<string>("grant") { Description = "The grant's id, as access list shows it." };
        var reason = Reason();
        var command = new Command("withdraw", "Takes a grant back; sessions that stand on it end.") { id, reason };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            return await new AccessQueries(node, output).WithdrawAsync(parsed.GetRequiredValue(id), parsed.GetRequiredValue(reason), cancel);
        });
        return command;
    }

    static Option<string> Reason()
    {
        var reason = new Option<string>("--reason") { Description = "Why, for the record.", Required = true, HelpName = "text" };
        reason.Validators.Add(result =>
        {
            if (AccessReasons.Checked(result.GetValueOrDefault<string>()) is null)
                result.AddError($"--reason must be one line of 1 to {KillRequest.LongestReason} characters.");
        });
        return reason;
    }

    static string? Time(string? text)
    {
        if (text is null || !Durations.TryParse(text, out var duration)) return text;
        var now = TimeProvider.System.GetUtcNow();
        return duration < DateTimeOffset.MaxValue - now ? JournalTime.Write(UnixMicros.Of(now + duration)) : text;
    }

    internal static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };
}
