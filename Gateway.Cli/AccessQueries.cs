using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli;

/// <summary>What the commands about access ask a node and tell it. Every method returns an <see cref="ExitCode"/>.</summary>
public sealed class AccessQueries(AdminClient node, CliOutput output)
{
    const string Path = "/v1/access";

    public async Task<int> ExplainAsync(AccessQuestion question, bool json, CancellationToken cancel)
    {
        var view = await node.FindAsync($"{Path}/explain{question.Write()}", AccessJson.Default.ExplanationView, cancel)
            ?? throw new CommandException(ExitCode.NotFound, $"no connection {Printable.Text(question.Connection)}; list them with: gateway connections list");
        return Show(view, json, output);
    }

    /// <summary>0 when the subject would be let in, otherwise 1.</summary>
    public static int Show(ExplanationView view, bool json, CliOutput output)
    {
        if (json) output.Json(view, AccessJson.Indented.ExplanationView);
        else Tell(view, output);
        return view.Allowed ? ExitCode.Ok : ExitCode.Failed;
    }

    public async Task<int> ListAsync(bool json, CancellationToken cancel)
    {
        var list = await node.GetAsync(Path, AccessJson.Default.AccessListView, cancel);
        if (json)
        {
            output.Json(list, AccessJson.Indented.AccessListView);
            return ExitCode.Ok;
        }

        output.Table(["GRANT", "SUBJECT", "FOR", "UNTIL", "BY", "REASON"], [.. list.Grants.Select(Row)]);
        output.Table(["REVOKED", "VALUE", "SINCE", "UNTIL", "BY", "REASON"], [.. list.Revocations.Select(Row)]);
        return ExitCode.Ok;
    }

    public async Task<int> GrantAsync(GrantRequest request, CancellationToken cancel)
    {
        var grant = await PostAsync($"{Path}/grants", request, AccessRequestJson.Default.GrantRequest, AccessJson.Default.GrantView, cancel);
        output.Line($"{grant!.Id}: {Printable.Text(grant.Subject)} may use {Printable.Text(grant.For())} until {grant.Until}");
        return ExitCode.Ok;
    }

    public async Task<int> WithdrawAsync(string id, string reason, CancellationToken cancel)
    {
        var path = $"{Path}/grants/{Uri.EscapeDataString(id)}/withdraw";
        _ = await PostAsync(path, new ReasonRequest(reason), AccessRequestJson.Default.ReasonRequest, AccessJson.Default.GrantView, cancel)
            ?? throw new CommandException(ExitCode.NotFound, $"no grant {Printable.Text(id)}; list them with: gateway access list");
        output.Line($"{Printable.Text(id)}: withdrawn");
        return ExitCode.Ok;
    }

    public async Task<int> RevokeAsync(RevokeRequest request, bool lift, CancellationToken cancel)
    {
        var path = lift ? $"{Path}/revocations/lift" : $"{Path}/revocations";
        var shown = $"{request.Kind} {Printable.Text(request.Value ?? "")}";
        var revocation = await PostAsync(path, request, AccessRequestJson.Default.RevokeRequest, AccessJson.Default.RevocationView, cancel)
            ?? throw new CommandException(ExitCode.NotFound, $"{shown} is not revoked; list what is with: gateway access list");
        output.Line(lift ? $"{shown}: no longer revoked" : $"{shown}: revoked{(revocation.Until is { } until ? $" until {until}" : "")}");
        return ExitCode.Ok;
    }

    static void Tell(ExplanationView view, CliOutput output)
    {
        output.Line($"{(view.Allowed ? "allowed" : view.Refusal)}: {Printable.Text(view.Detail)}");
        if (view.Until is { } until) output.Line($"until {until}: {view.EndsWith}");
        if (view.Rules.Count > 0) output.Table(["RULE", "EFFECT", "APPLIES", "WHY"], [.. view.Rules.Select(Row)]);
    }

    Task<T?> PostAsync<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> asBody, JsonTypeInfo<T> asAnswer, CancellationToken cancel) where T : class =>
        node.PostAsync(path, JsonContent.Create(body, asBody), asAnswer, cancel);

    static string[] Row(RuleView rule) => [rule.Rule, rule.Effect, rule.Applies ? "yes" : "no", rule.Why];

    static string[] Row(GrantView grant) => [grant.Id, Named(grant.Subject, grant.Issuer), grant.For(), grant.Until, grant.By, grant.Reason];

    static string[] Row(RevocationView revoked) =>
        [revoked.Kind, Named(revoked.Value, revoked.Issuer), revoked.At, revoked.Until ?? "-", revoked.By, revoked.Reason];

    static string Named(string name, string? issuer) => issuer is null ? name : $"{name} ({issuer})";
}
