using Gateway.Actors.Hosting;

namespace Gateway.Cli.Login;

/// <summary>A file with a secret, which must be its owner's alone.</summary>
static class SecretFile
{
    /// <summary>Bytes; no issuer gives longer secrets.</summary>
    const int Largest = 4096;

    public static string Read(string file)
    {
        if (ConfiguredFiles.NotSecret(file) is { } fault) throw Unfit($"{Printable.Text(fault.Problem)}; {Printable.Text(fault.Remedy)}");
        var text = ConfiguredFiles.Text(file, Largest) ?? throw Unfit($"{Printable.Text(file)} is too large to be a secret; name the file that holds it");
        var secret = text.Trim();
        return secret.Length > 0 ? secret : throw Unfit($"{Printable.Text(file)} is empty; put the secret into it");
    }

    static CommandException Unfit(string problem) => new(ExitCode.Usage, $"the secret's file {problem}");
}
