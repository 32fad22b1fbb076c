using System.Globalization;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Cli.Registry;

namespace Gateway.Cli;

/// <summary>What the commands about access policies ask a node and tell it. Every method returns an <see cref="ExitCode"/>.</summary>
public sealed class PolicyQueries(AdminClient node, CliOutput output)
{
    const string Path = "/v1/access/policies";

    public async Task<int> ListAsync(bool json, CancellationToken cancel)
    {
        var policies = await AllAsync(cancel);
        if (json) output.Json(policies, AccessJson.Indented.IReadOnlyListPolicyView);
        else output.Table(["POLICY", "FOR", "RULES", "REVISION", "BY"], [.. policies.Select(Row)]);
        return ExitCode.Ok;
    }

    public async Task<int> ShowAsync(string name, bool json, CancellationToken cancel)
    {
        var policy = (await AllAsync(cancel)).FirstOrDefault(policy => policy.Name == name) ?? throw None(name);
        if (json)
        {
            output.Json(policy, AccessJson.Indented.PolicyView);
            return ExitCode.Ok;
        }

        if (policy.Problem is { } problem) output.Line($"# the node that answers cannot read it, and lets nobody in: {Printable.Text(problem)}");
        foreach (var line in policy.Document.TrimEnd().Split('\n')) output.Line(Printable.Text(line));
        return ExitCode.Ok;
    }

    public async Task<int> RemoveAsync(string name, bool terminate, CancellationToken cancel)
    {
        var path = $"{Path}/{Uri.EscapeDataString(name)}{(terminate ? "?terminate=true" : "")}";
        var applied = await node.DeleteAsync(path, null, AdminJson.Default.ApplyView, cancel) ?? throw None(name);
        foreach (var line in ApplyReport.Lines(applied)) output.Line(line);
        return ExitCode.Ok;
    }

    Task<IReadOnlyList<PolicyView>> AllAsync(CancellationToken cancel) => node.GetAsync(Path, AccessJson.Default.IReadOnlyListPolicyView, cancel);

    static string[] Row(PolicyView policy) =>
    [
        policy.Name, policy.For(), policy.Problem is null ? policy.Rules.ToString(CultureInfo.InvariantCulture) : "unreadable",
        policy.Revision.ToString(CultureInfo.InvariantCulture), policy.By,
    ];

    static CommandException None(string name) =>
        new(ExitCode.NotFound, $"no access policy {Printable.Text(name)}; list them with: gateway access policies list");
}
