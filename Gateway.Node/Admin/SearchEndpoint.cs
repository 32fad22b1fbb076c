using System.Text.Json;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Replay;
using Gateway.Protocols.Journal;

namespace Gateway.Node.Admin;

/// <summary>
/// Searches recordings where they are, so that only what was found crosses the network: one line of JSON each. What is searched for, and where, is on
/// record before anything is read.
/// </summary>
static class SearchEndpoint
{
    /// <summary>Searches at once on this node; each reads, decompresses and matches as fast as it can.</summary>
    const int MostSearches = 2;

    /// <summary>Sessions one search reads at the same time. Origin: sessions are relayed on the same processors.</summary>
    const int AtOnce = 2;

    static readonly byte[] s_newLine = [(byte)'\n'];

    static int s_searches;

    public static async Task<IResult> SearchAsync(HttpContext http, ISessionArchive archive, AuditTrail audit, ILogger<AdminAccess> log)
    {
        var (query, fault) = SearchQuery.Read(http.Request.Query);
        if (query is null) return Problems.Of(StatusCodes.Status400BadRequest, fault);
        var sessions = SessionQuery.Write(query.Request.Sessions with { Most = 1 });
        if (await audit.RecordAsync(http, ActKind.RecordingsSearched, sessions, query.Text) is { } refused) return refused;
        AdminLog.SearchesRecordings(log, Caller.NameOf(http), sessions);
        if (Interlocked.Increment(ref s_searches) <= MostSearches)
            return Results.Stream(to => WriteAsync(to, archive, query.Request, http.RequestAborted), "application/x-ndjson");
        Interlocked.Decrement(ref s_searches);
        return Problems.Of(
            StatusCodes.Status503ServiceUnavailable, $"This node runs {MostSearches} searches already; try again, or ask another node.");
    }

    static async Task WriteAsync(Stream to, SearchLine line, CancellationToken cancel) =>
        await to.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(line, AdminJson.Default.SearchLine), .. s_newLine], cancel);

    static async Task WriteAsync(Stream to, ISessionArchive archive, SearchRequest request, CancellationToken cancel)
    {
        try
        {
            await foreach (var found in SessionSearch.SearchAsync(archive, request, AtOnce, cancel))
            {
                await WriteAsync(to, SearchLine.Of(found), cancel);
            }

            await WriteAsync(to, SearchLine.End, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
        finally
        {
            Interlocked.Decrement(ref s_searches);
        }
    }
}
