using System.Text.Json.Serialization;
using Gateway.Actors.Replay;
using Gateway.Protocols;
using Gateway.Protocols.Reading;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>
/// An operation of a recording as the admin API answers and the command line prints it. <paramref name="Payload"/> is the beginning of
/// <paramref name="PayloadLength"/> bytes. <paramref name="Match"/>: it is what was searched for.
/// </summary>
public sealed record OperationView(
    string At, string Direction, long Offset, long Length, string Operation, IReadOnlyList<string> Resources, string Detail,
    IReadOnlyList<FieldView> Fields, long PayloadLength, byte[] Payload, bool Unread = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Match = null)
{
    /// <summary>Bytes of a payload that are answered; searched is more.</summary>
    const int MostPayload = 64 * 1024;

    public static OperationView Of(DecodedOperation o, bool? match = null) => new(
        JournalTime.Write(o.At), o.Direction.Word(), o.Offset, o.Length, o.Name, o.Resources,
        o.Detail, [.. o.Fields.Select(field => new FieldView(field.Key, field.Value))], o.PayloadLength,
        o.Payload[..Math.Min(o.Payload.Length, MostPayload)].ToArray(), o.IsUnread, match);

    /// <summary>Throws <see cref="InvalidDataException"/> for a time that is none.</summary>
    public DecodedOperation ToOperation() => new()
    {
        At = JournalTime.Parse(At) ?? throw new InvalidDataException("The node answered a time that is none."),
        Direction = Direction == DirectionWords.ToUpstream ? Protocols.Direction.ToUpstream : Protocols.Direction.ToClient,
        Offset = Offset,
        Length = Length,
        Name = Operation,
        Resources = Resources,
        Detail = Detail,
        Fields = [.. Fields.Select(field => KeyValuePair.Create(field.Name, field.Value))],
        PayloadLength = PayloadLength,
        Payload = Payload,
        IsUnread = Unread,
    };
}

public sealed record FieldView(string Name, string Value);

/// <summary>
/// A line of a search's answer. With <paramref name="Operations"/>: what was found in a session. Without: the session is done with, and
/// <paramref name="Note"/> says what of it could not be searched. The last line is <see cref="End"/>: without it the answer was cut short.
/// </summary>
public sealed record SearchLine(SessionView? Session = null, IReadOnlyList<OperationView>? Operations = null, long? Matches = null, string? Note = null)
{
    public static readonly SearchLine End = new();

    public static SearchLine Of(SearchEvent found) => found switch
    {
        SearchHit hit => new(SessionView.Of(hit.Session), [.. hit.Operations.Select(o => OperationView.Of(o.Operation, o.IsMatch))]),
        SessionSearched done => new(SessionView.Of(done.Session), Matches: done.Matches, Note: done.Note),
        _ => throw new ArgumentException($"{found.GetType().Name} is no line of an answer.", nameof(found)),
    };

    /// <summary>Null for the last line.</summary>
    public SearchEvent? ToEvent() => Session is null ? null : Operations is { } operations
        ? new SearchHit(Session.ToRow(), [.. operations.Select(o => new SearchedOperation(o.ToOperation(), o.Match == true))])
        : new SessionSearched(Session.ToRow(), Matches ?? 0, Note);
}
