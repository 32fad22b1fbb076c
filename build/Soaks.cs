using System.Globalization;

namespace Gateway.Build;

/// <summary>Clusters that work for minutes.</summary>
static class Soaks
{
    public const string Rotation = "rotation";
    public const string Kills = "kills";

    /// <summary>The specs read it: how long, in minutes. Without it they are skipped.</summary>
    const string Minutes = "GATEWAY_SOAK_MINUTES";

    public static Task<int> Run(string what, int minutes, CancellationToken cancel) => LongSpecs.Run(
        DebianPackages.ForSpecs, "the soak cannot run", (Minutes, minutes.ToString(CultureInfo.InvariantCulture)),
        $"Soaks.{char.ToUpperInvariant(what[0])}{what[1..]}", $"soak/{what}.txt", cancel);
}
