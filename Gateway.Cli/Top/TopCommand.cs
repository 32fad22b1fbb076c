using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;

namespace Gateway.Cli.Top;

/// <summary><c>gateway top</c>: nodes and the sessions in which most passes, as it happens.</summary>
static class TopCommand
{
    /// <summary>Origin: nobody reads faster.</summary>
    static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(100);

    static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    public static Command Of(SourceOptions source, CliOutput output)
    {
        var once = new Option<bool>("--once") { Description = "Shows what passes within one interval, and ends." };
        var json = SessionCommands.JsonOption();
        var interval = new Option<string>("--interval") { Description = "From one look to the next.", DefaultValueFactory = _ => "2s" };
        var limit = new Option<int>("--limit") { Description = "So many sessions, those in which most passes.", DefaultValueFactory = _ => 20 };
        var connection = new Option<string?>("--connection") { Description = "Only sessions of this connection." };
        var subject = new Option<string?>("--subject") { Description = "Only sessions of this subject." };
        var command = new Command("top", "Shows nodes, sessions and rates as they are now, until it is interrupted.")
        {
            once, json, interval, limit, connection, subject,
        };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            if (!Durations.TryParse(parsed.GetValue(interval)!, out var every) || every < s_shortest || every > s_longest)
                throw new CommandException(ExitCode.Usage, $"--interval must be between 100ms and 1h; {Durations.Examples}");
            if (parsed.GetValue(limit) is var most && most is < 1 or > SessionQuery.Most)
                throw new CommandException(ExitCode.Usage, $"--limit must be between 1 and {SessionQuery.Most}");
            using var node = source.Node(parsed);
            var filter = new SessionFilter { Connection = parsed.GetValue(connection), Subject = parsed.GetValue(subject), Most = SessionQuery.Most };
            var top = new TopQueries(node, filter, every, TimeProvider.System);
            if (parsed.GetValue(json)) await top.WatchAsync(parsed.GetValue(once), board => Json(output, board, most), cancel);
            else await output.LiveAsync(show => top.WatchAsync(parsed.GetValue(once), board => show(Tables(board, most)), cancel), parsed.GetValue(once));
            return ExitCode.Ok;
        });
        return command;
    }

    static void Json(CliOutput output, TopBoard board, int most) =>
        output.Json(board with { Sessions = [.. board.Sessions.Take(most)] }, TopJson.Default.TopBoard);

    static IReadOnlyList<(string[] Heads, string[][] Rows)> Tables(TopBoard board, int most) =>
    [
        (["NODE", "STATUS", "REACHABLE", "SESSIONS", "UP/S", "DOWN/S"],
        [
            .. board.Nodes.Select(n => (string[])
                [n.Name, n.Status, n.Reachable ? "yes" : "no", $"{n.Sessions}", TopBoard.Size(n.ToUpstreamRate), TopBoard.Size(n.ToClientRate)]),
        ]),
        (["SESSION", "CONNECTION", "SUBJECT", "CLIENT", "UP/S", "DOWN/S", "UP", "DOWN"],
        [
            .. board.Sessions.Take(most).Select(s => (string[])
            [
                s.Id, s.Connection, s.Subject ?? "-", s.Client, TopBoard.Size(s.ToUpstreamRate), TopBoard.Size(s.ToClientRate),
                Total(s.ToUpstreamBytes), Total(s.ToClientBytes),
            ]),
        ]),
    ];

    static string Total(long? bytes) => bytes is { } known ? TopBoard.Size(known) : "-";
}

/// <summary>Looks at the cluster again and again, through one node.</summary>
sealed class TopQueries(AdminClient node, SessionFilter filter, TimeSpan interval, TimeProvider time)
{
    public async Task WatchAsync(bool once, Action<TopBoard> show, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        for (TopSample? before = null; ;)
        {
            var now = await LookAsync(began, cancel);
            if (!once || before is not null) show(TopBoard.Of(before, now));
            if (once && before is not null) return;
            before = now;
            await Task.Delay(interval, time, cancel);
        }
    }

    async Task<TopSample> LookAsync(long began, CancellationToken cancel)
    {
        var cluster = await node.GetAsync("/v1/nodes", AdminJson.Default.ClusterSight, cancel);
        var sessions = await node.GetAsync($"/v1/traffic{SessionQuery.Write(filter)}", AdminJson.Default.IReadOnlyListSessionView, cancel);
        return new TopSample(time.GetElapsedTime(began), cluster.Nodes, sessions);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(TopBoard))]
sealed partial class TopJson : JsonSerializerContext;
