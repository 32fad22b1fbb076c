using System.CommandLine;
using System.Security.Cryptography;
using Gateway.Protocols.Sasl;

namespace Gateway.Cli.Registry;

/// <summary>
/// <c>gateway secrets scram</c>: makes of a password what a connection's account is verified by, and keeps that in the registry or in a file. The password
/// itself is kept nowhere; one that is made up is shown once.
/// </summary>
static class ScramCommand
{
    /// <summary>Who has a verifier can try passwords for as long as they like. Origin: NIST SP 800-63B asks for 8 where tries are limited, and they are not.</summary>
    const int LeastCharacters = 12;

    const int MostCharacters = 256;

    public static Command Of(SourceOptions source, CliOutput output)
    {
        var name = new Argument<string>("name") { Description = "What connections call the verifier: verifierSecret." };
        var file = new Option<string?>("--file") { Description = "The file with the password; else it is read from standard input.", HelpName = "file" };
        var generate = new Option<bool>("--generate") { Description = "Makes a password up, and shows it once." };
        var to = new Option<string?>("--to") { Description = "Writes the verifier to a new file, for verifierFile, and asks no node.", HelpName = "file" };
        var command = new Command("scram", "Sets the verifier of an account's password, for SCRAM-SHA-256 and SCRAM-SHA-512.") { name, file, generate, to };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var (isMadeUp, from, called) = (parsed.GetValue(generate), parsed.GetValue(file), parsed.GetRequiredValue(name));
            if (isMadeUp && from is not null) throw new CommandException(ExitCode.Usage, "--generate and --file are given together; keep one of them");
            var password = isMadeUp ? NewPassword() : Checked(await SecretCommands.ReadAsync("password", from, cancel));
            var verifier = VerifierOf(password);
            var done = parsed.GetValue(to) is { } target
                ? Written(target, verifier)
                : $"set; the registry is at revision {(await SecretCommands.SetAsync(source, parsed, called, verifier, cancel)).Revision}";
            output.Line($"{Printable.Text(called)}: {done}");
            if (isMadeUp) output.Line($"password: {password}");
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>A line for each mechanism, each with a salt of its own.</summary>
    static string VerifierOf(string password) => string.Join('\n', ScramVerifier.All.Select(mechanism => ScramVerifier.Of(
        mechanism, password, RandomNumberGenerator.GetBytes(ScramVerifier.UsualSalt), ScramVerifier.UsualIterations).Write()));

    static string NewPassword() => ScramClient.NewNonce();

    // SASLprep (RFC 4013) leaves ASCII as it is; of anything else clients make this or that.
    static string Checked(string password)
    {
        if (password.Length is < LeastCharacters or > MostCharacters)
            throw new CommandException(ExitCode.Usage, $"the password must have {LeastCharacters} to {MostCharacters} characters; or let --generate make one");
        if (!password.All(c => c is >= ' ' and <= '~'))
            throw new CommandException(ExitCode.Usage, "the password must be ASCII: clients differ in what they make of anything else; or let --generate make one");
        return password;
    }

    static string Written(string file, string verifier)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using var writer = new StreamWriter(file, options) { NewLine = "\n" };
            writer.WriteLine(verifier);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCode.Failed, $"{Printable.Text(file)} cannot be written, or is there already; name a new file in a directory that you may write to", fault);
        }

        return $"written to {Printable.Text(file)}";
    }
}
