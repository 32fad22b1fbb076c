using System.Text.Json;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Cli;

/// <summary>A session as <c>--json</c> prints it. Times are ISO 8601, UTC; what ended it is null while the session is open.</summary>
public sealed record SessionView(
    string Id, string Connection, string Protocol, string Node, string Client, string? Subject, string Started, bool Open,
    string? Ended, string? Ending, string? Refusal, string? Detail, long? ToUpstreamBytes, long? ToClientBytes)
{
    static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };

    public static SessionView Of(SessionRow row)
    {
        var closing = row.Closing;
        return new SessionView(
            row.SessionId, row.Connection, row.Protocol, row.NodeKey, row.ClientAddress, row.Subject,
            Printable.Time(row.StartedAt), closing is null,
            closing is null ? null : Printable.Time(closing.ClosedAt), closing?.Ending.Word(),
            closing is null or { Refusal: Protocols.Refusal.None } ? null : closing.Refusal.Word(),
            closing?.Detail, closing?.ToUpstreamBytes, closing?.ToClientBytes);
    }

    /// <summary>One word for how it stands: <c>open</c>, the refusal, or the ending.</summary>
    public string Standing => Open ? "open" : Refusal ?? Ending!;

    public static string Json<T>(T value) => JsonSerializer.Serialize(value, s_json);
}
