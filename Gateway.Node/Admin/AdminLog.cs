using System.Net;

namespace Gateway.Node.Admin;

/// <summary>What is said of the use of the admin API. Who read a recording and who ended what is part of the audit trail.</summary>
static partial class AdminLog
{
    [LoggerMessage(3001, LogLevel.Information, "{Who} reads the recording of session {Session}")]
    public static partial void ReadsRecording(ILogger log, string who, string session);

    [LoggerMessage(3002, LogLevel.Warning, "{Who} stopped reading the recording of session {Session} before its end")]
    public static partial void StoppedReading(ILogger log, string who, string session);

    [LoggerMessage(3007, LogLevel.Information, "{Who} searches the recordings of sessions {Sessions}")]
    public static partial void SearchesRecordings(ILogger log, string who, string sessions);

    [LoggerMessage(3008, LogLevel.Warning, "{Who} says what session {Session} said again to connection {Connection}: {Reason}")]
    public static partial void Redrives(ILogger log, string who, string session, string connection, string reason);

    [LoggerMessage(3003, LogLevel.Warning, "{Who} ends session {Session}: {Reason}")]
    public static partial void Kills(ILogger log, string who, string session, string reason);

    [LoggerMessage(3004, LogLevel.Warning, "{Who} drains this node")]
    public static partial void Drains(ILogger log, string who);

    [LoggerMessage(3005, LogLevel.Information, "A {Proof} was refused at the admin API: {Refusal} ({Detail}), from {Address}")]
    public static partial void LoginRefused(ILogger log, string proof, string refusal, string detail, IPAddress? address);

    [LoggerMessage(3006, LogLevel.Warning, "{Who} may not use {Path}: it takes the role {Role}")]
    public static partial void Forbidden(ILogger log, string who, PathString path, string role);

    [LoggerMessage(3010, LogLevel.Warning, "Too many logins from {Address} were refused at the admin API; it has to wait")]
    public static partial void LoginsShutOut(ILogger log, IPAddress? address);

    [LoggerMessage(3011, LogLevel.Warning, "That {Address} was shut out is not in the record of acts: {Problem}")]
    public static partial void NotRecorded(ILogger log, string address, string problem);

    [LoggerMessage(3012, LogLevel.Error, "No client certificate is good for the admin API: {Problem}; {Remedy}")]
    public static partial void NoAuthorities(ILogger log, string problem, string remedy);

    [LoggerMessage(3020, LogLevel.Information, "{Who} was issued the client certificate {Serial}, until {Until:u}")]
    public static partial void IssuesCertificate(ILogger log, string who, string serial, DateTimeOffset until);
}
