using Xunit;

namespace Gateway.Specs.Support;

/// <summary>A fact that breaks things for minutes: run by <c>./build.sh chaos</c>, and skipped without that.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChaosFactAttribute : FactAttribute
{
    public ChaosFactAttribute(params string[] tools)
    {
        Tools = tools;
        Skip = Environment.GetEnvironmentVariable("GATEWAY_CHAOS") is null ? "run it with ./build.sh chaos" : Requirement.Unmet(tools);
    }

    public string[] Tools { get; }
}
