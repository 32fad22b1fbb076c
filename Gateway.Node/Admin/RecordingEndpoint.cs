using Gateway.Actors.Replay;
using Gateway.Protocols.Journal;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Gateway.Node.Admin;

/// <summary>
/// Streams a session's journaled events as <see cref="EventFrames"/>. One event is in memory at a time and the next is read when the
/// client took the last: a recording of any size costs the node the same.
/// </summary>
static class RecordingEndpoint
{
    // A replay in real time stops reading for as long as its session was silent; only a reader that is gone for good is cut off.
    static readonly MinDataRate s_patience = new(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromHours(1));

    public static async Task<IResult> ReadAsync(HttpContext http, string id, ISessionArchive archive, AuditTrail audit, ILogger<AdminAccess> log)
    {
        if (await archive.FindAsync(id, http.RequestAborted) is null) return Problems.NoSession();
        if (await audit.RecordAsync(http, ActKind.RecordingRead, id, "") is { } refused) return refused;
        AdminLog.ReadsRecording(log, Caller.NameOf(http), id);
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = s_patience;
        return Results.Stream(to => WriteAsync(to, http, id, archive, log), "application/octet-stream");
    }

    static async Task WriteAsync(Stream to, HttpContext http, string id, ISessionArchive archive, ILogger log)
    {
        try
        {
            await EventFrames.WriteAsync(archive.ReadAsync(id, http.RequestAborted), to, http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            AdminLog.StoppedReading(log, Caller.NameOf(http), id);
        }
    }
}
