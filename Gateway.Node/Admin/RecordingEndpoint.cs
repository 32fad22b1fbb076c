using Gateway.Actors.Hosting.AdminApi;
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
    const string Stream = "application/octet-stream";

    // A replay in real time stops reading for as long as its session was silent; only a reader that is gone for good is cut off.
    static readonly MinDataRate s_patience = new(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromHours(1));

    /// <summary>Sessions that are followed at once through this node; each asks the journal twice a second.</summary>
    const int MostFollowed = 64;

    static int s_followed;

    public static async Task<IResult> ReadAsync(
        HttpContext http, string id, ISessionArchive archive, AuditTrail audit, TimeProvider time, IHostApplicationLifetime life,
        ILogger<AdminAccess> log)
    {
        if (Follow(http.Request.Query) is not { } follow)
            return Problems.Of(StatusCodes.Status400BadRequest, "The query takes follow, true or false, and nothing else.");
        if (await archive.FindAsync(id, http.RequestAborted) is null) return Problems.NoSession();
        if (await audit.RecordAsync(http, ActKind.RecordingRead, id, follow ? "followed" : "") is { } refused) return refused;
        AdminLog.ReadsRecording(log, Caller.NameOf(http), id);
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = s_patience;
        if (!follow) return Results.Stream(to => WriteAsync(to, archive.ReadAsync(id, http.RequestAborted), http, id, log), Stream);
        if (Interlocked.Increment(ref s_followed) <= MostFollowed)
            return Results.Stream(to => FollowAsync(to, http, id, archive, time, log, life.ApplicationStopping), Stream);
        Interlocked.Decrement(ref s_followed);
        return Problems.Of(
            StatusCodes.Status503ServiceUnavailable, $"This node follows {MostFollowed} sessions already; end one, or ask another node.");
    }

    /// <summary>Who may read the content may have its key, to verify and open what the journal really holds.</summary>
    public static async Task<IResult> KeyAsync(HttpContext http, string id, ISessionArchive archive, AuditTrail audit)
    {
        if (await archive.FindAsync(id, http.RequestAborted) is null) return Problems.NoSession();
        if (await audit.RecordAsync(http, ActKind.RecordingRead, id, "the content's key") is { } refused) return refused;
        try
        {
            var found = await archive.KeyAsync(id, http.RequestAborted);
            using var key = found.Key;
            http.Response.Headers.CacheControl = "no-store";
            return Results.Json(RecordingKeyView.Of(found), AdminJson.Default.RecordingKeyView);
        }
        catch (InvalidDataException fault)
        {
            return Problems.Of(StatusCodes.Status409Conflict, $"The content cannot be opened: {fault.Message}.");
        }
    }

    // A node that leaves does not wait for those who follow: they ask another.
    static async Task FollowAsync(
        Stream to, HttpContext http, string id, ISessionArchive archive, TimeProvider time, ILogger log, CancellationToken stopping)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
            await WriteAsync(to, SessionTail.FollowAsync(archive, id, time, either.Token), http, id, log);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            http.Abort();
        }
        finally
        {
            Interlocked.Decrement(ref s_followed);
        }
    }

    static async Task WriteAsync(Stream to, IAsyncEnumerable<JournaledEvent> events, HttpContext http, string id, ILogger log)
    {
        try
        {
            await EventFrames.WriteAsync(events, to, http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            AdminLog.StoppedReading(log, Caller.NameOf(http), id);
        }
    }

    static bool? Follow(IQueryCollection query) => query.Count switch
    {
        0 => false,
        1 when query.TryGetValue("follow", out var value) => value.ToString() switch { "true" => true, "false" => false, _ => null },
        _ => null,
    };
}
