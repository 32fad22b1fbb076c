using System.Globalization;
using System.Net.Http.Json;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli.Registry;

/// <summary>What operators ask of connections and do to them. Every method returns an <see cref="ExitCode"/>.</summary>
sealed class ConnectionQueries(AdminClient node, CliOutput output)
{
    public async Task<int> ListAsync(bool json, CancellationToken cancel)
    {
        var connections = await node.GetAsync("/v1/connections", AdminJson.Default.IReadOnlyListConnectionView, cancel);
        if (json) output.Json(connections, AdminJson.Indented.IReadOnlyListConnectionView);
        else output.Table(["NAME", "PROTOCOL", "LISTEN", "UPSTREAM", "UPSTREAM TLS", "ACCESS", "RECORDING", "ORIGIN", "STATE"], [.. connections.Select(Row)]);
        return ExitCode.Ok;
    }

    public async Task<int> ShowAsync(string name, bool json, CancellationToken cancel)
    {
        var shown = await node.FindAsync(PathOf(name), AdminJson.Default.ConnectionDetailView, cancel) ?? throw None(name);
        if (json)
        {
            output.Json(shown, AdminJson.Indented.ConnectionDetailView);
            return ExitCode.Ok;
        }

        output.Table(["NODE", "NAME", "REVISION", "LISTENS ON", "PROBLEM"], [.. shown.Nodes.Select(Row)]);
        if (shown.Document is null)
        {
            output.Line("It is in the connections file of this node.");
            return ExitCode.Ok;
        }

        output.Line($"Revision {shown.Connection.Revision}, by {Printable.Text(shown.By ?? "")} at {shown.At}:");
        foreach (var line in shown.Document.TrimEnd('\n').Split('\n')) output.Line($"  {Printable.Text(line)}");
        return ExitCode.Ok;
    }

    public async Task<int> ApplyAsync(ApplyRequest request, bool json, CancellationToken cancel)
    {
        var body = JsonContent.Create(request, AdminRequestJson.Default.ApplyRequest);
        var applied = await node.PostAsync("/v1/connections/apply", body, AdminJson.Default.ApplyView, cancel)
            ?? throw new CommandException(ExitCode.NotFound, "the node knows no registered connections; is it of this version?");
        return Report(applied, json);
    }

    public async Task<int> RemoveAsync(string name, long? revision, bool terminate, bool json, CancellationToken cancel)
    {
        var path = PathOf(name) + (terminate ? "?terminate=true" : "");
        var match = revision is { } at ? string.Create(CultureInfo.InvariantCulture, $"\"{at}\"") : null;
        var removed = await node.DeleteAsync(path, match, AdminJson.Default.ApplyView, cancel) ?? throw None(name);
        return Report(removed, json);
    }

    public async Task<int> TestAsync(string name, bool json, CancellationToken cancel)
    {
        var probed = await node.PostAsync($"{PathOf(name)}/test", null, AdminJson.Default.ProbeView, cancel) ?? throw None(name);
        if (json) output.Json(probed, AdminJson.Indented.ProbeView);
        else output.Table(["STEP", "RESULT", "DETAIL"], [.. probed.Steps.Select(s => new[] { s.Step, s.Refusal ?? "ok", s.Detail })]);
        return probed.Ok ? ExitCode.Ok : ExitCode.Failed;
    }

    int Report(ApplyView applied, bool json)
    {
        if (json) output.Json(applied, AdminJson.Indented.ApplyView);
        else foreach (var line in ApplyReport.Lines(applied)) output.Line(line);
        return ExitCode.Ok;
    }

    static string PathOf(string name) => $"/v1/connections/{Uri.EscapeDataString(name)}";

    static string[] Row(NodeServing node) =>
        [node.Node, node.Name, node.Revision.ToString(CultureInfo.InvariantCulture), node.Address ?? "-", node.Problem ?? "-"];

    static string[] Row(ConnectionView connection) =>
    [
        connection.Name, connection.Protocol ?? "-", connection.Listen ?? "-", connection.Upstream?.Address ?? "-",
        connection.Upstream is { } upstream ? upstream.LowestTls ?? "plaintext" : "-",
        connection.Access is { } access ? string.Join(',', access.Groups.Concat(access.Subjects)) : "-", connection.Recording is { } kept ? kept.Level == "full" ? kept.Mode : kept.Level : "-",
        connection.Origin, connection.Problem ?? "served",
    ];

    static CommandException None(string name) =>
        new(ExitCode.NotFound, $"there is no connection {Printable.Text(name)}; list them with: gateway connections list");
}
