using System.Globalization;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;

namespace Gateway.Cli;

/// <summary><c>sessions list</c> and <c>sessions show</c>. Both return an <see cref="ExitCode"/>.</summary>
public sealed class SessionQueries(ISessionArchive archive, CliOutput output)
{
    static readonly string[] s_heads = ["SESSION", "CONNECTION", "SUBJECT", "CLIENT", "STARTED", "STANDING", "UP", "DOWN"];

    /// <summary>What a command that was given this id says.</summary>
    public static CommandException None(string sessionId) =>
        new(ExitCode.NotFound, $"no session {Printable.Text(sessionId)}; list them with: gateway sessions list");

    public async Task<int> ListAsync(SessionFilter filter, bool json, CancellationToken cancel)
    {
        var views = new List<SessionView>();
        await foreach (var row in SessionPages.AllAsync(archive, filter, cancel)) views.Add(SessionView.Of(row));
        if (json) output.Json(views, AdminJson.Indented.IReadOnlyListSessionView);
        else output.Table(s_heads, [.. views.Select(Row)]);
        if (filter.Did is { Perhaps: false }) await SayPerhapsAsync(filter, cancel);
        return ExitCode.Ok;
    }

    /// <summary>Sessions of which it is not known whether they did what was asked for must not pass for ones that did not.</summary>
    async Task SayPerhapsAsync(SessionFilter filter, CancellationToken cancel)
    {
        var count = (await archive.ListAsync(filter with { Did = filter.Did! with { Perhaps = true }, Most = SessionPages.Page }, cancel)).Count;
        if (count == 0) return;
        var number = count == SessionPages.Page ? $"{count} or more sessions" : count == 1 ? "1 session" : $"{count} sessions";
        output.Say($"{number} besides may have done so: the index does not hold all they did. List them with --perhaps, look into them with sessions grep.");
    }

    public async Task<int> ShowAsync(string sessionId, bool json, CancellationToken cancel)
    {
        var view = await FindAsync(sessionId, cancel) ?? throw None(sessionId);
        if (json) output.Json(view, AdminJson.Indented.SessionView);
        else output.Table(["FIELD", "VALUE"], [.. Fields(view)]);
        return ExitCode.Ok;
    }

    // A node also knows how an open session stands now.
    async Task<SessionView?> FindAsync(string sessionId, CancellationToken cancel)
    {
        if (archive is HttpSessionArchive node) return await node.ViewAsync(sessionId, cancel);
        if (await archive.FindAsync(sessionId, cancel) is not { } row) return null;
        var client = await SessionBeginning.ClientAsync(archive, sessionId, cancel);
        var noticed = NoticeView.Of(await archive.NoticesAsync(sessionId, cancel));
        var operations = SessionOperationsView.Of(await archive.OperationsAsync(sessionId, cancel));
        return SessionView.Of(row) with { Tls = client is null ? null : ClientTlsView.Of(client), Anomalies = noticed, Operations = operations };
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
        ["standing", view.Live?.Phase ?? view.Standing()],
        ["detail", Shown(view.Detail)],
        ["bytes to upstream", Shown(view.Live?.ToUpstreamBytes ?? view.ToUpstreamBytes)],
        ["bytes to client", Shown(view.Live?.ToClientBytes ?? view.ToClientBytes)],
        .. view.Operations is { } operations ? Operations(operations) : [],
        .. (view.Anomalies ?? []).Select(one => (string[])["anomaly", one.ToString()]),
        .. view.Hold is { } hold ? (string[][])[["held", hold.ToString()]] : [],
        .. view.Erased is { } erased ? (string[][])[["erased", erased]] : [],
        .. view.Tls is { } tls ? TlsFields(tls) : view.Ja4 is { } ja4 ? (string[][])[["ja4", ja4]] : [],
    ];

    static IEnumerable<string[]> Operations(SessionOperationsView operations) =>
    [
        .. operations.Seen.Select(one => (string[])["operation", one.ToString()]),
        .. operations.Whole ? (string[][])[] : [["operation", "and perhaps others, which only the recording tells"]],
    ];

    static IEnumerable<string[]> TlsFields(ClientTlsView tls) =>
    [
        ["tls", tls.Version is null ? "-" : $"{tls.Version}, {tls.Suite}{(tls.Resumed ? ", resumed" : "")}"],
        ["server name", Shown(tls.ServerName)],
        ["certificate", Shown(tls.CertificateSha256)],
        ["ja4", Shown(tls.Ja4)],
        ["offered versions", Shown(tls.Versions)],
        ["offered suites", Shown(tls.Suites)],
        ["offered groups", Shown(tls.Groups)],
        ["offered signatures", Shown(tls.SignatureAlgorithms)],
        ["offered alpn", Shown(tls.Alpn)],
    ];

    static string Shown(IReadOnlyList<string> names) => names.Count == 0 ? "-" : string.Join(' ', names);

    static string Shown(string? text) => text ?? "-";

    static string Shown(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
