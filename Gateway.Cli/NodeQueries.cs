using System.Net.Http.Json;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli;

/// <summary>What operators ask a node and tell it. Every method returns an <see cref="ExitCode"/>.</summary>
public sealed class NodeQueries(AdminClient node, CliOutput output)
{
    public async Task<int> NodesAsync(bool json, CancellationToken cancel)
    {
        var cluster = await node.GetAsync("/v1/nodes", AdminJson.Default.ClusterSight, cancel);
        if (json) output.Json(cluster, AdminJson.Indented.ClusterSight);
        else output.Table(["KEY", "NAME", "ADDRESS", "ROLES", "STATUS", "REACHABLE"], [.. cluster.Nodes.Select(Row)]);
        return ExitCode.Ok;
    }

    public async Task<int> DrainAsync(bool json, CancellationToken cancel)
    {
        var drain = await node.PostAsync("/v1/node/drain", null, AdminJson.Default.DrainView, cancel)
            ?? throw new CommandException(ExitCode.Failed, "the node cannot be drained; is it of this version?");
        if (json) output.Json(drain, AdminJson.Indented.DrainView);
        else output.Line($"{Printable.Text(drain.Node)}: {Printable.Text(drain.State)}");
        return ExitCode.Ok;
    }

    public async Task<int> KillAsync(string sessionId, string reason, CancellationToken cancel)
    {
        var body = JsonContent.Create(new KillRequest(reason), AdminRequestJson.Default.KillRequest);
        var session = await node.PostAsync($"{HttpSessionArchive.PathOf(sessionId)}/kill", body, AdminJson.Default.SessionView, cancel)
            ?? throw SessionQueries.None(sessionId);
        output.Line($"{Printable.Text(session.Id)}: {Printable.Text(session.Standing())}");
        return ExitCode.Ok;
    }

    /// <summary>Erases, holds or releases a recording, as the node's path is called.</summary>
    public async Task<int> DoAsync(string what, string sessionId, string reason, CancellationToken cancel)
    {
        var body = JsonContent.Create(new ReasonRequest(reason), AccessRequestJson.Default.ReasonRequest);
        var session = await node.PostAsync($"{HttpSessionArchive.PathOf(sessionId)}/{what}", body, AdminJson.Default.SessionView, cancel)
            ?? throw SessionQueries.None(sessionId);
        var now = session is { Erased: { } at } ? $"erased at {at}" : session.Hold is { } hold ? $"held {hold}" : "not held";
        output.Line($"{Printable.Text(session.Id)}: {Printable.Text(now)}");
        return ExitCode.Ok;
    }

    static string[] Row(NodeView seen) =>
        [seen.Key, seen.Name, seen.Address, string.Join(',', seen.Roles), seen.Status, seen.Reachable ? "yes" : "no"];
}
