using Gateway.Actors.Hosting;
using Microsoft.Extensions.Configuration;

namespace Gateway.Cli;

/// <summary>
/// <c>check</c>: the checks of an <c>appsettings.json</c> and its connections file that a node makes before it opens anything. The
/// environment is left out: what is checked is the files, wherever the check runs.
/// </summary>
public sealed class ConfigurationChecks(CliOutput output)
{
    const string FileName = "appsettings.json";

    /// <param name="path">The file, or the directory that holds it. Relative paths inside start from that directory.</param>
    public int Check(string path)
    {
        try
        {
            var (file, configuration) = Load(path);
            return Report(file, configuration.Faults);
        }
        catch (CommandException e)
        {
            output.Fail(e.Message);
            return e.ExitCode;
        }
    }

    /// <summary>The file itself, and everything it and the files it names say.</summary>
    /// <exception cref="CommandException">There is no such file, or it cannot be read.</exception>
    public static (string File, NodeConfiguration Configuration) Load(string path)
    {
        var file = Path.GetFullPath(Directory.Exists(path) ? Path.Combine(path, FileName) : path);
        if (!File.Exists(file)) throw new CommandException(ExitCode.NotFound, $"no file {Printable.Text(file)}; name an {FileName} or its directory");
        try
        {
            var configuration = new ConfigurationBuilder().AddJsonFile(file, optional: false, reloadOnChange: false).Build();
            return (file, NodeConfiguration.Read(configuration, Path.GetDirectoryName(file)!));
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Failed, $"{Printable.Text(file)} cannot be read: {Printable.Text(e.GetBaseException().Message)}", e);
        }
    }

    int Report(string file, IReadOnlyList<ConfigurationFault> faults)
    {
        foreach (var fault in faults) output.Fail(fault.ToString());
        if (faults.Count > 0) return ExitCode.Failed;
        output.Output.WriteLine($"{Printable.Text(file)}: no faults");
        return ExitCode.Ok;
    }
}
