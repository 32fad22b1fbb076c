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
        var file = Path.GetFullPath(Directory.Exists(path) ? Path.Combine(path, FileName) : path);
        if (!File.Exists(file))
        {
            output.Fail($"no file {Printable.Text(file)}; name an {FileName} or its directory");
            return ExitCode.NotFound;
        }

        try
        {
            return Report(file, FaultsOf(file));
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            output.Fail($"{Printable.Text(file)} cannot be read: {Printable.Text(e.GetBaseException().Message)}");
            return ExitCode.Failed;
        }
    }

    static IReadOnlyList<ConfigurationFault> FaultsOf(string file)
    {
        var configuration = new ConfigurationBuilder().AddJsonFile(file, optional: false, reloadOnChange: false).Build();
        return NodeConfiguration.Read(configuration, Path.GetDirectoryName(file)!).Faults;
    }

    int Report(string file, IReadOnlyList<ConfigurationFault> faults)
    {
        foreach (var fault in faults) output.Fail(fault.ToString());
        if (faults.Count > 0) return ExitCode.Failed;
        output.Output.WriteLine($"{Printable.Text(file)}: no faults");
        return ExitCode.Ok;
    }
}
