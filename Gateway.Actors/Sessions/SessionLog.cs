using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Sessions;

static partial class SessionLog
{
    [LoggerMessage(100, LogLevel.Information, "Session {Session} opened: connection {Connection}, subject {Subject}, client {Client}")]
    public static partial void Opened(ILogger log, string session, string connection, string subject, string client);

    [LoggerMessage(101, LogLevel.Information, "Session {Session} ended: {Ending}, {ToUpstream} bytes to the upstream, {ToClient} bytes to the client")]
    public static partial void Ended(ILogger log, string session, string ending, long toUpstream, long toClient);

    [LoggerMessage(102, LogLevel.Warning, "Session {Session} refused: connection {Connection}, client {Client}, {Refusal}: {Detail}")]
    public static partial void Refused(ILogger log, string session, string connection, string client, string refusal, string? detail);

    [LoggerMessage(103, LogLevel.Error, "Session {Session} cannot be recorded (event {Sequence}) and is ended")]
    public static partial void RecordingFailed(ILogger log, Exception cause, string session, long sequence);

    [LoggerMessage(104, LogLevel.Error, "Session {Session} failed inside the gateway and is ended")]
    public static partial void GraphFailed(ILogger log, Exception cause, string session);

    [LoggerMessage(105, LogLevel.Error, "Session {Session} cannot be recovered from the journal")]
    public static partial void NotRecovered(ILogger log, Exception cause, string session);

    [LoggerMessage(107, LogLevel.Warning, "Session {Session}: the access of {Subject} ends at {Until:u} ({Refusal}), and the session with it")]
    public static partial void AccessEnding(ILogger log, string session, string subject, DateTimeOffset until, string refusal);

    [LoggerMessage(108, LogLevel.Information, "Session {Session}: {Subject} proved itself anew; access ends at {Until}")]
    public static partial void Renewed(ILogger log, string session, string subject, DateTimeOffset? until);

    [LoggerMessage(109, LogLevel.Warning, "Session {Session} is ended: {Refusal}: {Detail}")]
    public static partial void AccessLost(ILogger log, string session, string refusal, string detail);

    [LoggerMessage(110, LogLevel.Error, "The access of session {Session} cannot be judged, and the session is ended")]
    public static partial void NotJudged(ILogger log, Exception cause, string session);

    [LoggerMessage(111, LogLevel.Warning, "Session {Session} on {Connection}: {Subject} is unlike before, {Kind}: {Explanation}")]
    public static partial void Noticed(ILogger log, string session, string connection, string subject, string kind, string explanation);

    [LoggerMessage(112, LogLevel.Warning, "Session {Session} is not compared with its subject's earlier ones: the index does not answer")]
    public static partial void NotCompared(ILogger log, Exception cause, string session);

    [LoggerMessage(113, LogLevel.Warning, "What session {Session} does is not in the index yet: it cannot be written now, and is tried again")]
    public static partial void OperationsNotIndexed(ILogger log, Exception cause, string session);

    [LoggerMessage(106, LogLevel.Error, "Session {Session} is journaled, but its row in the index is not up to date; the sealer tries again")]
    public static partial void IndexFailed(ILogger log, Exception cause, string session);
}
