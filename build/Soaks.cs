using System.Globalization;

namespace Gateway.Build;

/// <summary>Clusters and nodes that work for minutes.</summary>
static class Soaks
{
    public const string Rotation = "rotation";
    public const string Kills = "kills";
    public const string Big = "big";

    /// <summary>How large the session is that <see cref="Big"/> records.</summary>
    const string Gibibytes = "GATEWAY_SOAK_GIB";

    /// <summary>The specs read it: how long, in minutes. Without it they are skipped.</summary>
    const string Minutes = "GATEWAY_SOAK_MINUTES";

    public static Task<int> Run(string what, int minutes, double gib, CancellationToken cancel)
    {
        Environment.SetEnvironmentVariable(Gibibytes, gib.ToString(CultureInfo.InvariantCulture));
        return Run(what, minutes, cancel);
    }

    static Task<int> Run(string what, int minutes, CancellationToken cancel) => LongSpecs.Run(
        DebianPackages.ForSpecs, "the soak cannot run", (Minutes, minutes.ToString(CultureInfo.InvariantCulture)),
        $"Soaks.{char.ToUpperInvariant(what[0])}{what[1..]}", $"soak/{what}.txt", cancel);
}
