using System.CommandLine;
using Gateway.Actors.Replay;

namespace Gateway.Cli;

/// <summary><c>gateway sessions verify</c>: one recording, or all that match.</summary>
static class VerifyCommand
{
    public static Command Verify(SourceOptions source, CliOutput output)
    {
        var id = new Argument<string?>("id") { Description = "The session's id.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "Every session that the filters let through, instead of one." };
        var key = new Option<string?>("--key")
        {
            Description = "The public keys (PEM) that may have sealed. Default: the node's own; needed with --journal.",
            HelpName = "file",
        };
        var json = SessionCommands.JsonOption();
        var filter = new FilterOptions(TimeProvider.System);
        var command = new Command("verify", "Verifies that recordings are whole and unaltered.") { id, all, key, json };
        filter.AddTo(command);
        source.AddArchiveTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(id) is null == !result.GetValue(all)) result.AddError("Name one session, or --all.");
        });
        command.SetAction(async (parsed, cancel) =>
        {
            using var sessions = await source.ArchiveAsync(parsed, cancel);
            using var keys = await KeysAsync(parsed.GetValue(key), sessions, cancel);
            var verifier = new SessionVerifier(sessions.Archive, keys, output, parsed.GetValue(json));
            return parsed.GetValue(id) is { } one
                ? await verifier.OneAsync(one, cancel)
                : await verifier.AllAsync(filter.Read(parsed, most: int.MaxValue), cancel);
        });
        return command;
    }

    static async Task<SealPublicKeys> KeysAsync(string? file, ArchiveSource sessions, CancellationToken cancel)
    {
        if (file is not null) return SealPublicKeys.FromPem(SourceOptions.ReadFile(file, "--key"));
        if (sessions.Node is { } node) return SealPublicKeys.FromPem(await node.GetTextAsync("/v1/seal-key", cancel));
        throw new CommandException(ExitCode.Usage, "sealed by whom? Name the public key with --key; a node writes its own to seal.pub");
    }
}
