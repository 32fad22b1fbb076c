using System.Globalization;
using Xunit;

namespace Gateway.Specs.Support;

/// <summary>A fact that takes minutes: <c>./build.sh soak</c> says how many, and without that it is skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SoakFactAttribute : FactAttribute
{
    public SoakFactAttribute() => Skip = Minutes is null ? "run it with ./build.sh soak" : Requirement.Unmet(["postgres"]);

    /// <summary>How long; null: not at all.</summary>
    public static double? Minutes =>
        double.TryParse(Environment.GetEnvironmentVariable("GATEWAY_SOAK_MINUTES"), NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes) ? minutes : null;
}
