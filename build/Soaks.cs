using System.Globalization;

namespace Gateway.Build;

/// <summary>Specs that take minutes, beside the suite: each prints what it saw.</summary>
static class Soaks
{
    public const string Rotation = "rotation";
    public const string Kills = "kills";

    /// <summary>The specs read it: how long, in minutes. Without it they are skipped.</summary>
    const string Minutes = "GATEWAY_SOAK_MINUTES";

    public static async Task<int> Run(string what, int minutes, CancellationToken cancel)
    {
        await DebianPackages.Provide(DebianPackages.ForSpecs, "the soak cannot run", cancel);
        Environment.SetEnvironmentVariable(Minutes, minutes.ToString(CultureInfo.InvariantCulture));
        var report = Path.Combine(Shell.Root, "artifacts", "soak", $"{what}.txt");
        if (File.Exists(report)) File.Delete(report);
        var exit = await Shell.Dotnet(cancel, ["test", "Gateway.Specs", "-nologo", "--filter", $"FullyQualifiedName~Soaks.{char.ToUpperInvariant(what[0])}{what[1..]}"]);
        if (!File.Exists(report)) return exit != 0 ? exit : 1;
        Console.Write(await File.ReadAllTextAsync(report, cancel));
        return exit;
    }
}
