using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli.Registry;

/// <summary>A certificate and its key in files, as they are handed in.</summary>
static class CertificateFile
{
    const int Largest = ImportRequest.MostBytes / 2;

    public static ImportRequest Read(string certificate, string key, string use)
    {
        if (ConfiguredFiles.NotSecret(key) is { } fault) throw Usage($"{Printable.Text(fault.Problem)}; {Printable.Text(fault.Remedy)}");
        return new ImportRequest(Text(certificate), Text(key), use);
    }

    /// <summary>Writes a file that nobody else can read at any moment.</summary>
    public static void Write(string path, string text)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var writer = new StreamWriter(path, options);
            writer.Write(text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Usage($"{Printable.Text(path)} cannot be written; name a file that does not exist, where you may write", e);
        }
    }

    public static string Text(string path)
    {
        try
        {
            return ConfiguredFiles.Text(path, Largest) ?? throw Usage($"{Printable.Text(path)} is larger than {Largest} bytes; is it the right file?");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Usage($"{Printable.Text(path)} cannot be read; name a file that you may read", e);
        }
    }

    static CommandException Usage(string problem, Exception? cause = null) => new(ExitCode.Usage, problem, cause);
}
