using System.Text.Json.Serialization;
using Gateway.Actors.Record;
using Gateway.Actors.Sessions;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>
/// A session as the admin API answers and the command line prints it in JSON. Times are <see cref="JournalTime"/>; what ended it is null
/// while the session is open. <paramref name="Live"/> is set for one open session that was asked for by its id and answered in time,
/// <paramref name="Tls"/> for any that was asked for by its id.
/// </summary>
public sealed record SessionView(
    string Id, string Connection, string Protocol, string Node, string Client, string? Subject, string Started, bool Open,
    string? Ended, string? Ending, string? Refusal, string? Detail, long? ToUpstreamBytes, long? ToClientBytes, LiveView? Live = null,
    ClientTlsView? Tls = null)
{
    /// <summary>The fingerprint of the client's hello.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Ja4 { get; init; }

    /// <summary>What was noticed of it; null where nothing was, and in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<NoticeView>? Anomalies { get; init; }

    /// <summary>What the session did, as far as the index holds it; null in lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SessionOperationsView? Operations { get; init; }

    /// <summary>The legal hold on its recording.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HoldView? Hold { get; init; }

    /// <summary>When the recording's content was erased.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Erased { get; init; }

    public static SessionView Of(SessionRow row)
    {
        var closing = row.Closing;
        return new SessionView(
            row.SessionId, row.Connection, row.Protocol, row.NodeKey, row.ClientAddress, row.Subject,
            JournalTime.Write(row.StartedAt), closing is null,
            closing is null ? null : JournalTime.Write(closing.ClosedAt), closing?.Ending.Word(),
            closing is null or { Refusal: Protocols.Refusal.None } ? null : closing.Refusal.Word(),
            closing?.Detail, closing?.ToUpstreamBytes, closing?.ToClientBytes)
        {
            Ja4 = row.Ja4,
        };
    }

    /// <summary>The row this was made of. Throws <see cref="InvalidDataException"/> for a word that this version does not know.</summary>
    public SessionRow ToRow() => new()
    {
        SessionId = Id,
        Connection = Connection,
        Protocol = Protocol,
        NodeKey = Node,
        ClientAddress = Client,
        Subject = Subject,
        StartedAt = Time(Started),
        Ja4 = Ja4,
        Closing = Open ? null : Closing(),
    };

    /// <summary>One word for how it stands: <c>open</c>, the refusal, or the ending.</summary>
    public string Standing() => Open ? "open" : Refusal ?? Ending ?? "ended";

    SessionClosing Closing() => new(
        Time(Ended), EndingWords.Parse(Ending ?? "") ?? throw Unknown(Ending),
        Refusal is null ? Protocols.Refusal.None : RefusalFacts.Parse(Refusal) ?? throw Unknown(Refusal),
        Detail, ToUpstreamBytes ?? 0, ToClientBytes ?? 0);

    static long Time(string? text) => JournalTime.Parse(text ?? "") ?? throw Unknown(text);

    static InvalidDataException Unknown(string? word) =>
        new($"The node answered '{word}', which this command does not know; use the one of the node's version.");
}

/// <summary>In what a session differs from its subject's earlier ones, since when.</summary>
public sealed record NoticeView(string At, string Kind, string Explanation)
{
    /// <summary>Null for none.</summary>
    public static IReadOnlyList<NoticeView>? Of(IReadOnlyList<SessionNoticed> noticed) =>
        noticed.Count == 0 ? null : [.. noticed.Select(Of)];

    public static NoticeView Of(SessionNoticed noticed) => new(JournalTime.Write(noticed.At), noticed.Kind, noticed.Explanation);

    public override string ToString() => $"{At} {Kind}: {Explanation}";
}

/// <summary>What a session did, by operation and resource. There may be others unless it is <paramref name="Whole"/>.</summary>
public sealed record SessionOperationsView(bool Whole, IReadOnlyList<SeenOperationView> Seen)
{
    public static SessionOperationsView Of(SessionOperations operations) => new(operations.IsWhole, [.. operations.All.Select(SeenOperationView.Of)]);
}

/// <summary>An operation on a resource, when it was done or tried first, and whether the rules denied it.</summary>
public sealed record SeenOperationView(string Operation, string Resource, bool Denied, string First)
{
    public static SeenOperationView Of(IndexedOperation one) => new(one.Operation, one.Resource, one.IsDenied, JournalTime.Write(one.FirstAt));

    public override string ToString() => $"{Operation} {Resource}{(Denied ? " (denied)" : "")}, first at {First}";
}

/// <summary>Who has a recording under legal hold, since when and why.</summary>
public sealed record HoldView(string By, string Since, string Reason)
{
    public static HoldView Of(RecordingHeld held) => new($"{held.Act.Who} ({held.Act.Issuer})", JournalTime.Write(held.Act.At), held.Reason);

    public override string ToString() => $"by {By} since {Since}: {Reason}";
}

/// <summary>What an open session says of itself. <paramref name="Phase"/> is one of the words of <see cref="SessionPhase"/>.</summary>
public sealed record LiveView(string Phase, long ToUpstreamBytes, long ToClientBytes, uint Chunks)
{
    public static LiveView Of(SessionState state) => new(state.Phase, state.ToUpstreamBytes, state.ToClientBytes, state.Chunks);
}
