using Xunit;

namespace Gateway.Specs.Support;

/// <summary>
/// A fact about a real program: <c>[RequiresFact("mosquitto", "mosquitto_pub")]</c>. Where one is missing the spec is skipped and says which; with
/// <c>CI=true</c> it runs all the same, and fails when it asks <see cref="Tool.Path"/> for it.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresFactAttribute : FactAttribute
{
    public RequiresFactAttribute(params string[] tools)
    {
        Tools = tools;
        Skip = Requirement.Unmet(tools);
    }

    public string[] Tools { get; }
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresTheoryAttribute : TheoryAttribute
{
    public RequiresTheoryAttribute(params string[] tools)
    {
        Tools = tools;
        Skip = Requirement.Unmet(tools);
    }

    public string[] Tools { get; }
}

/// <summary>Why a spec cannot run here.</summary>
public static class Requirement
{
    /// <summary>Among the tools: a spec that only root can run.</summary>
    public const string Root = "root's rights";

    /// <summary>The reason to skip, or null when the spec has to run.</summary>
    public static string? Unmet(IReadOnlyCollection<string> tools) =>
        Unmet(tools, Tool.InCi, tool => tool == Root ? Environment.IsPrivilegedProcess ? tool : null : Tool.Find(tool));

    public static string? Unmet(IReadOnlyCollection<string> tools, bool inCi, Func<string, string?> find)
    {
        if (inCi) return null;
        var missing = tools.Where(t => find(t) is null).ToArray();
        string[] programs = [.. missing.Where(t => t != Root)];
        var reasons = new List<string>();
        if (programs.Length > 0) reasons.Add($"not installed here: {string.Join(", ", programs)}");
        if (missing.Contains(Root)) reasons.Add($"not run with {Root}");
        return reasons.Count == 0 ? null : string.Join("; ", reasons);
    }
}
