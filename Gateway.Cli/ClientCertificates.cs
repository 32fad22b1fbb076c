using System.Net.Security;
using Gateway.Actors.Hosting;

namespace Gateway.Cli;

/// <summary>The client certificate a command proves itself with.</summary>
static class ClientCertificates
{
    /// <param name="file">PEM: the certificate, its intermediates behind it.</param>
    /// <param name="keyFile">PEM: its key; null: in the same file. Either way readable by its owner alone.</param>
    public static SslStreamCertificateContext Load(string file, string? keyFile)
    {
        var presented = ConfiguredFiles.Presented(file, keyFile ?? file, out var problem);
        if (problem is { } found) throw new CommandException(ExitCode.Usage, $"the client certificate: {Printable.Text(found.Problem)}; {Printable.Text(found.Remedy)}");
        return presented!;
    }
}
