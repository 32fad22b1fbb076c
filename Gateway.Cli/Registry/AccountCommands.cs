using System.CommandLine;
using System.Globalization;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli.Registry;

/// <summary><c>gateway certs account</c>: the cluster's accounts at ACME servers, for operators.</summary>
static class AccountCommands
{
    public static Command All(SourceOptions source, CliOutput output) => new(
        "account", "Shows the cluster's accounts at ACME servers, and changes their keys.")
    {
        List(source, output),
        Rekey(source, output),
    };

    static Command List(SourceOptions source, CliOutput output)
    {
        var json = SessionCommands.JsonOption();
        var command = new Command("list", "Lists them.") { json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            var accounts = await node.GetAsync("/v1/acme-accounts", AdminJson.Default.IReadOnlyListAcmeAccountView, cancel);
            if (parsed.GetValue(json)) output.Json(accounts, AdminJson.Indented.IReadOnlyListAcmeAccountView);
            else output.Table(["ISSUER", "DIRECTORY", "ACCOUNT", "SINCE", "STATE"], [.. accounts.Select(Row)]);
            return ExitCode.Ok;
        });
        return command;
    }

    static Command Rekey(SourceOptions source, CliOutput output)
    {
        var issuer = new Argument<string>("issuer") { Description = "The server's name in the configuration of the nodes." };
        var json = SessionCommands.JsonOption();
        var command = new Command("rekey", "Gives an account another key; the old one signs nothing more.") { issuer, json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            var name = parsed.GetRequiredValue(issuer);
            var path = $"/v1/acme-accounts/{Uri.EscapeDataString(name)}/key";
            var answer = await node.PostAsync(path, null, AdminJson.Default.RevisionView, cancel) ?? throw new CommandException(
                ExitCode.NotFound, $"the cluster has no account at {Printable.Text(name)}; list them with: gateway certs account list");
            if (parsed.GetValue(json)) output.Json(answer, AdminJson.Indented.RevisionView);
            else output.Line(Changed(name, answer.Revision));
            return ExitCode.Ok;
        });
        return command;
    }

    static string Changed(string name, long revision) =>
        string.Create(CultureInfo.InvariantCulture, $"account at {Printable.Text(name)}: has another key; the registry is at revision {revision}");

    static string[] Row(AcmeAccountView account) => [account.Issuer, account.Directory, account.Url ?? "-", account.KeptAt, State(account)];

    static string State(AcmeAccountView account) => account switch
    {
        { ChangesKey: true } => "key is changing",
        { Url: null } => "not made yet",
        _ => "ok",
    };
}
