using Xunit;

namespace Gateway.Specs.Support;

/// <summary>A fact that takes minutes, such as <c>[OnDemandFact("chaos", "postgres")]</c>: run by <c>./build.sh chaos</c>, and skipped without that.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnDemandFactAttribute : FactAttribute
{
    public OnDemandFactAttribute(string target, params string[] tools)
    {
        (Target, Tools) = (target, tools);
        var isDemanded = Environment.GetEnvironmentVariable($"GATEWAY_{target.ToUpperInvariant()}") is not null;
        Skip = isDemanded ? Requirement.Unmet(tools) : $"run it with ./build.sh {target}";
    }

    public string Target { get; }

    public string[] Tools { get; }
}
