using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Actors.Replay;

namespace Gateway.Cli.Registry;

/// <summary><c>gateway audit</c>, for auditors: who did what, from a node or straight from the journal.</summary>
static class AuditCommand
{
    public static Command Of(SourceOptions source, CliOutput output)
    {
        var subject = new Option<string?>("--subject") { Description = "Only acts of this person.", HelpName = "name" };
        var since = FilterOptions.TimeOption("--since", "Done at or after this time, or this long ago (2h).", TimeProvider.System);
        var until = FilterOptions.TimeOption("--until", "Done before this time, or this long ago.", TimeProvider.System);
        var limit = new Option<int>("--limit") { Description = "At most so many, the newest. Default: 100.", HelpName = "number", DefaultValueFactory = _ => 100 };
        var verify = new Option<bool>("--verify") { Description = "Says how far the record is whole and signed, instead of listing it." };
        var key = new Option<string?>("--key") { Description = "With --journal: the public keys (PEM) that may have signed.", HelpName = "file" };
        var json = SessionCommands.JsonOption();
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > AuditQuery.Most) result.AddError($"--limit must be between 1 and {AuditQuery.Most}.");
        });
        var command = new Command("audit", "Lists administrative acts; their record is verified while it is read.") { subject, since, until, limit, verify, key, json };
        source.AddArchiveTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var filter = new AuditFilter(parsed.GetValue(subject), parsed.GetValue(since), parsed.GetValue(until), parsed.GetValue(limit));
            var page = await PageAsync(source, parsed, filter, parsed.GetValue(key), cancel);
            if (parsed.GetValue(json)) output.Json(page, AdminJson.Indented.AuditPage);
            else if (parsed.GetValue(verify)) output.Line(string.Create(CultureInfo.InvariantCulture, $"verified: {page.Newest} acts, whole and signed; head {page.Head}"));
            else output.Table(["ACT", "AT", "WHO", "FROM", "NODE", "WHAT", "TARGET", "DETAIL"], [.. page.Acts.Select(Row)]);
            return ExitCode.Ok;
        });
        return command;
    }

    static async Task<AuditPage> PageAsync(SourceOptions source, ParseResult parsed, AuditFilter filter, string? key, CancellationToken cancel)
    {
        if (source.Journal(parsed) is not { } journal)
        {
            using var node = source.Node(parsed);
            return await node.GetAsync($"/v1/audit{AuditQuery.Write(filter)}", AdminJson.Default.AuditPage, cancel);
        }

        if (key is null) throw new CommandException(ExitCode.Usage, "signed by whom? Name the public keys with --key; a node writes its own to seal.pub");
        try
        {
            var database = JournalConnectionString.Parse(journal);
            await database.RequireTablesAsync(cancel);
            using var keys = SealPublicKeys.FromPem(SourceOptions.ReadFile(key, "--key"));
            var read = await new RegistryAudit(database, keys).ReadAsync(filter, cancel);
            return new([.. read.Acts.Select(a => AuditView.Of(a.Number, a.Event))], read.Newest, Convert.ToHexStringLower(read.Head.Span));
        }
        catch (Exception e) when (e is JournalUnavailableException or DbException)
        {
            throw new CommandException(ExitCode.Unreachable, Printable.Text(e.Message), e);
        }
    }

    static string[] Row(AuditView act) =>
        [act.Number.ToString(CultureInfo.InvariantCulture), act.At, act.Who, act.Address, act.Node, act.Act, act.Target, act.Detail];
}
