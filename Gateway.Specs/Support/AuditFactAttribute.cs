using Xunit;

namespace Gateway.Specs.Support;

/// <summary>A fact that takes minutes of scanning: run by <c>./build.sh audit</c>, and skipped without that.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AuditFactAttribute : FactAttribute
{
    public AuditFactAttribute(params string[] tools)
    {
        Tools = tools;
        Skip = Environment.GetEnvironmentVariable("GATEWAY_AUDIT") is null ? "run it with ./build.sh audit" : Requirement.Unmet(tools);
    }

    public string[] Tools { get; }
}
