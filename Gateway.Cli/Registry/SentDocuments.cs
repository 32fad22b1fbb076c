using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli.Registry;

/// <summary>A file of connections as it is sent to a node: the documents, and the certificates they name. Nothing else leaves the machine.</summary>
static class SentDocuments
{
    const int MostBytes = ApplyRequest.MostBytes / 2;

    public static ApplyRequest Read(string file, string mode, bool dryRun, bool prune, bool terminate)
    {
        var text = Text(file);
        var directory = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in NamedFiles.In(text)) files[name] = Certificates(name, Path.GetFullPath(name, directory));
        return new ApplyRequest(text, Path.GetFileName(file), files, mode, dryRun, prune, terminate);
    }

    static string Text(string file)
    {
        try
        {
            return ConfiguredFiles.Text(file, MostBytes) ?? throw Usage($"{Printable.Text(file)} is larger than {MostBytes} bytes; apply it in several");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Usage($"{Printable.Text(file)} cannot be read; name a file of connections that you may read", e);
        }
    }

    // Exported anew, so that a private key in the same file stays where it is.
    static string Certificates(string name, string path)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(path);
            if (certificates.Count > 0) return certificates.ExportCertificatePems();
            throw Usage($"{Printable.Text(name)}, which the connections name, holds no certificate in PEM");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Usage($"{Printable.Text(name)}, which the connections name, cannot be read as certificates in PEM", e);
        }
    }

    static CommandException Usage(string problem, Exception? cause = null) => new(ExitCode.Usage, problem, cause);
}
