using System.Globalization;
using System.Text.Json;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;

namespace Gateway.Cli;

/// <summary><c>sessions list</c> and <c>sessions show</c>. Both return an <see cref="ExitCode"/>.</summary>
public sealed class SessionQueries(ISessionArchive archive, CliOutput output)
{
    static readonly string[] s_heads = ["SESSION", "CONNECTION", "SUBJECT", "CLIENT", "STARTED", "STANDING", "UP", "DOWN"];

    public async Task<int> ListAsync(SessionFilter filter, bool json, CancellationToken cancel)
    {
        var views = (await archive.ListAsync(filter, cancel)).Select(SessionView.Of).ToList();
        if (json) await output.Output.WriteLineAsync(JsonSerializer.Serialize(views, AdminJson.Indented.IReadOnlyListSessionView));
        else output.Table(s_heads, [.. views.Select(Row)]);
        return ExitCode.Ok;
    }

    public async Task<int> ShowAsync(string sessionId, bool json, CancellationToken cancel)
    {
        if (await archive.FindAsync(sessionId, cancel) is not { } row)
        {
            output.Fail($"no session {Printable.Text(sessionId)}; list them with: gateway sessions list");
            return ExitCode.NotFound;
        }

        var view = SessionView.Of(row);
        if (json) await output.Output.WriteLineAsync(JsonSerializer.Serialize(view, AdminJson.Indented.SessionView));
        else output.Table(["FIELD", "VALUE"], [.. Fields(view)]);
        return ExitCode.Ok;
    }

    static string[] Row(SessionView view) =>
    [
        view.Id, view.Connection, Shown(view.Subject), view.Client, view.Started, view.Standing(),
        Shown(view.ToUpstreamBytes), Shown(view.ToClientBytes),
    ];

    static IEnumerable<string[]> Fields(SessionView view) =>
    [
        ["session", view.Id],
        ["connection", view.Connection],
        ["protocol", view.Protocol],
        ["node", view.Node],
        ["client", view.Client],
        ["subject", Shown(view.Subject)],
        ["started", view.Started],
        ["ended", Shown(view.Ended)],
        ["standing", view.Standing()],
        ["detail", Shown(view.Detail)],
        ["bytes to upstream", Shown(view.ToUpstreamBytes)],
        ["bytes to client", Shown(view.ToClientBytes)],
    ];

    static string Shown(string? text) => text ?? "-";

    static string Shown(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
