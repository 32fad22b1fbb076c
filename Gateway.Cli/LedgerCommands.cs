using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;

namespace Gateway.Cli;

/// <summary><c>gateway ledger</c>, for auditors: no session that ended is missing. From a node, or straight from the journal.</summary>
static class LedgerCommands
{
    public static Command All(SourceOptions source, CliOutput output) =>
        new("ledger", "Verifies the ledger of ended sessions, and proves that one is in it.") { Verify(source, output), Prove(source, output) };

    static Command Verify(SourceOptions source, CliOutput output)
    {
        var (key, json) = (Key(), SessionCommands.JsonOption());
        var seen = new Option<string?>("--seen")
        {
            Description = "A head that an earlier verify told, SIZE:ROOT: what was in the ledger then must still be.",
            HelpName = "head",
        };
        seen.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && SeenHeadText.Parse(text) is null)
                result.AddError("--seen must be SIZE:ROOT, the root 64 hex digits.");
        });
        var command = new Command("verify", "Verifies that no ended session is missing, and none was taken out.") { seen, key, json };
        source.AddArchiveTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var text = parsed.GetValue(seen);
            var found = await AskAsync(
                source, parsed, parsed.GetValue(key),
                node => node.GetAsync($"/v1/ledger{(text is null ? "" : $"?seen={text}")}", AdminJson.Default.LedgerView, cancel),
                async ledger => LedgerView.Of(await ledger.VerifyAsync(text is null ? null : SeenHeadText.Parse(text), cancel)), cancel);
            if (parsed.GetValue(json)) output.Json(found, AdminJson.Indented.LedgerView);
            else Show(found, output);
            return found.Faults.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    static Command Prove(SourceOptions source, CliOutput output)
    {
        var (id, key) = (SessionCommands.Id(), Key());
        var command = new Command("prove", "Writes the proof that a session is in the ledger, for verifiers of your own, as JSON.") { id, key };
        source.AddArchiveTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var session = parsed.GetRequiredValue(id);
            var proof = await AskAsync(
                source, parsed, parsed.GetValue(key),
                node => node.FindAsync($"/v1/ledger/{Uri.EscapeDataString(session)}", AdminJson.Default.LedgerProofView, cancel),
                async ledger => await ledger.ProveAsync(session, cancel) is { } found ? LedgerProofView.Of(found) : null, cancel);
            if (proof is null)
                throw new CommandException(ExitCode.NotFound, $"session {Printable.Text(session)} is not in the ledger; those that ended are entered within seconds");
            output.Json(proof, AdminJson.Indented.LedgerProofView);
            return ExitCode.Ok;
        });
        return command;
    }

    static void Show(LedgerView found, CliOutput output)
    {
        foreach (var fault in found.Faults) output.Line(Printable.Text(fault));
        var standing = found.Faults.Count == 0 ? "verified: whole and signed" : "not whole";
        output.Line(string.Create(
            CultureInfo.InvariantCulture, $"{standing}; {found.Size} sessions ended, {found.Expired} of them removed by retention; head {found.Size}:{Printable.Text(found.Root)}"));
    }

    static async Task<T> AskAsync<T>(
        SourceOptions source, ParseResult parsed, string? key, Func<AdminClient, Task<T>> ofNode, Func<ILedger, Task<T>> ofJournal, CancellationToken cancel)
    {
        if (source.Journal(parsed) is not { } journal)
        {
            using var node = source.Node(parsed);
            return await ofNode(node);
        }

        if (key is null) throw new CommandException(ExitCode.Usage, "signed by whom? Name the public keys with --key; a node writes its own to seal.pub");
        try
        {
            var database = JournalConnectionString.Parse(journal);
            await database.RequireTablesAsync(cancel);
            using var keys = SealPublicKeys.FromPem(SourceOptions.ReadFile(key, "--key"));
            return await ofJournal(new JournalLedger(database, keys));
        }
        catch (Exception e) when (e is JournalUnavailableException or DbException)
        {
            throw new CommandException(ExitCode.Unreachable, Printable.Text(e.Message), e);
        }
    }

    static Option<string?> Key() => new("--key") { Description = "With --journal: the public keys (PEM) that may have signed.", HelpName = "file" };
}
