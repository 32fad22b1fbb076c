using System.Diagnostics;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting.Events;

/// <summary>Makes an <see cref="AuditEvent"/> of what the journal holds. Pure.</summary>
public static class EventTranslation
{
    /// <param name="row">An event of a session or of the registry.</param>
    /// <param name="session">What the index knows of the session; null for one that was removed.</param>
    public static AuditEvent Of(JournalRow row, SessionRow? session)
    {
        try
        {
            return EventSize.Fit(Translate(row, session));
        }
        catch (JournalFormatException e)
        {
            return EventSize.Fit(Unreadable(row, e.Message));
        }
    }

    static AuditEvent Translate(JournalRow row, SessionRow? session)
    {
        if (row.Bytes is not { } bytes) return Unreadable(row, "it is too large");
        if (row.PersistenceId == RegistrySeal.PersistenceId)
            return Act(row, RegistryEventTable.Table.ReadContent(row.Manifest, RegistrySeal.ContentOf(bytes)));
        return SessionEventTable.ReadStored(row.Manifest, bytes) switch
        {
            SessionOpened e => Opened(row, e),
            SessionRefused e => Refused(row, e),
            OperationsDenied e => Denied(row, e, session),
            SessionNoticed e => Noticed(row, e, session),
            SessionSealed e => Ended(row, e, session),
            var other => throw new UnreachableException($"{other.GetType().Name} is not told."),
        };
    }

    static AuditEvent Opened(JournalRow row, SessionOpened e) =>
        Event(
            row, "session-opened", e.OpenedAt, EventSeverity.Info, e.NodeKey,
            $"{e.Subject} opened a session on {e.Connection} from {e.Client.Address}") with
        {
            Session = Session(e.SessionId, e.Connection, e.Protocol, e.Client) with { Subject = e.Subject, Issuer = e.Issuer, Groups = e.Groups },
        };

    static AuditEvent Refused(JournalRow row, SessionRefused e) =>
        Event(
            row, "session-refused", e.RefusedAt, EventSeverity.Warning, e.NodeKey,
            $"{e.Subject ?? "A client"} was refused on {e.Connection} from {e.Client.Address}: {e.Refusal.Word()}") with
        {
            Session = Session(e.SessionId, e.Connection, e.Protocol, e.Client) with { Subject = e.Subject },
            End = new EndPart(Ending.Refused.Word(), 0, 0)
            {
                Refusal = e.Refusal.Word(),
                Side = e.Refusal.GuiltySide().Word(),
                Detail = e.Detail,
            },
        };

    static AuditEvent Denied(JournalRow row, OperationsDenied e, SessionRow? session) =>
        Event(
            row, "operations-denied", e.At, EventSeverity.Warning, session?.NodeKey ?? "",
            $"{Who(session)} was denied {Count(e.Operations)}") with
        {
            Session = Session(row, session),
            Denied = [.. e.Operations.Take(EventSize.Operations + 1).Select(o => new DeniedPart(o.Operation, o.Resource))],
        };

    static AuditEvent Noticed(JournalRow row, SessionNoticed e, SessionRow? session) =>
        Event(row, "anomaly", e.At, EventSeverity.Notice, session?.NodeKey ?? "", $"{Who(session)}: {e.Explanation}") with
        {
            Session = Session(row, session) with { Ja4 = session?.Ja4 },
            Anomaly = new AnomalyPart(e.Kind, e.Explanation),
        };

    static AuditEvent Ended(JournalRow row, SessionSealed e, SessionRow? session)
    {
        var refusal = e.Refusal == Refusal.None ? null : e.Refusal.Word();
        var isAsUsual = refusal is null && e.Ending is not (Ending.NodeLost or Ending.Killed);
        return Event(
            row, "session-ended", e.SealedAt, isAsUsual ? EventSeverity.Info : EventSeverity.Notice, e.SealedBy,
            $"The session of {Who(session)} ended: {refusal ?? e.Ending.Word()}") with
        {
            Session = Session(row, session),
            End = new EndPart(e.Ending.Word(), e.ToUpstreamBytes, e.ToClientBytes)
            {
                Refusal = refusal,
                Side = refusal is null ? null : e.Refusal.GuiltySide().Word(),
                Detail = e.Detail,
            },
        };
    }

    static AuditEvent Act(JournalRow row, RegistryEvent e)
    {
        var view = AuditView.Of(row.Number, e);
        return Event(row, "act", e.Act.At, EventSeverity.Notice, e.Act.NodeKey, $"{view.Who}: {view.Act} {view.Target}".TrimEnd()) with
        {
            Act = new ActPart(row.Number, view.Act, e.Act.Who, e.Act.Issuer, e.Act.Address, view.Target, view.Detail),
        };
    }

    // Told rather than passed over: somebody may have written to the database.
    static AuditEvent Unreadable(JournalRow row, string why) =>
        Event(row, "record-unreadable", 0, EventSeverity.Warning, "", $"Event {row.Number} of {row.PersistenceId} cannot be read: {why}");

    static AuditEvent Event(JournalRow row, string type, long at, EventSeverity severity, string node, string summary) =>
        new(1, $"{row.PersistenceId}:{row.Number}", type, JournalTime.Write(at), severity, node, summary) { At = at };

    static SessionPart Session(string id, string connection, string protocol, ClientFacts client) => new(id, connection, protocol, client.Address)
    {
        ServerName = client.ServerName,
        Tls = client.TlsVersion,
        CertificateSha256 = client.CertificateSha256,
        Ja4 = client.Offer?.Ja4,
    };

    static SessionPart Session(JournalRow row, SessionRow? session) => session is null
        ? new SessionPart(row.PersistenceId, "", "", "")
        : new SessionPart(session.SessionId, session.Connection, session.Protocol, session.ClientAddress)
        {
            Subject = session.Subject,
            Started = JournalTime.Write(session.StartedAt),
        };

    static string Who(SessionRow? session) => session is null ? "somebody" : $"{session.Subject ?? "a client"} on {session.Connection}";

    static string Count(IReadOnlyList<DeniedOperation> operations) =>
        operations.Count == 1 ? $"{operations[0].Operation} {operations[0].Resource}" : $"{operations.Count} operations";
}
