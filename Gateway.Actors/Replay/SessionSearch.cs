using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Reading;

namespace Gateway.Actors.Replay;

/// <summary>Which sessions, what in them, and how much of it.</summary>
public sealed record SearchRequest(SessionFilter Sessions, SearchPattern Pattern)
{
    /// <summary>Operations around a match that may be asked for.</summary>
    public const int MostAround = 20;

    public const int MostMatches = 1_000_000;

    /// <summary>Null: both.</summary>
    public Direction? Direction { get; init; }

    /// <summary>Operations shown before and after a match.</summary>
    public int Around { get; init; }

    /// <summary>The search ends with so many matches.</summary>
    public int Most { get; init; } = 1000;
}

/// <summary>What a search comes upon: of the newest session first, of each in the order it was said.</summary>
public abstract record SearchEvent(SessionRow Session);

/// <summary>Operations of one session, some of which match.</summary>
public sealed record SearchHit(SessionRow Session, IReadOnlyList<SearchedOperation> Operations) : SearchEvent(Session)
{
    public int Matches => Operations.Count(o => o.IsMatch);
}

/// <summary>One session is done with. <paramref name="Note"/> says what of it could not be searched; null: all of it was.</summary>
public sealed record SessionSearched(SessionRow Session, long Matches, string? Note) : SearchEvent(Session);

/// <summary>Searches what was said in recordings: the operations of each session's protocol and what they carry.</summary>
public static class SessionSearch
{
    /// <summary>The part of a payload that is searched. Origin: four of these at once are little beside what a node may use.</summary>
    static readonly ReaderLimits s_limits = new() { Payload = 1024 * 1024 };

    /// <summary>What one session found may run ahead of who reads it, in groups.</summary>
    const int Ahead = 16;

    /// <summary>Searches so many sessions at once, and stops reading them when nobody asks for more.</summary>
    public static async IAsyncEnumerable<SearchEvent> SearchAsync(
        ISessionArchive archive, SearchRequest request, int atOnce, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var inOrder = Channel.CreateBounded<ChannelReader<SearchEvent>>(atOnce);
        var searching = SearchAllAsync(archive, request, atOnce, inOrder.Writer, stop.Token);
        try
        {
            var left = request.Most;
            await foreach (var found in inOrder.Reader.ReadAllAsync(cancel))
            {
                await foreach (var e in found.ReadAllAsync(cancel))
                {
                    yield return e;
                    if (e is SearchHit hit && (left -= hit.Matches) <= 0) yield break;
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await searching;
        }
    }

    // Each session has a channel of its own, and its place in the order. Whatever fails fails whoever reads the channel.
    static async Task SearchAllAsync(
        ISessionArchive archive, SearchRequest request, int atOnce, ChannelWriter<ChannelReader<SearchEvent>> inOrder, CancellationToken cancel)
    {
        using var turns = new SemaphoreSlim(atOnce);
        Exception? fault = null;
        try
        {
            await foreach (var row in SessionPages.AllAsync(archive, request.Sessions, cancel))
            {
                await turns.WaitAsync(cancel);
                var found = Channel.CreateBounded<SearchEvent>(Ahead);
                _ = Task.Run(() => SearchAsync(archive, request, row, found.Writer, turns, cancel), CancellationToken.None);
                await inOrder.WriteAsync(found.Reader, cancel);
            }
        }
        catch (Exception e)
        {
            fault = e;
        }

        inOrder.Complete(fault);
        for (var i = 0; i < atOnce; i++) await turns.WaitAsync(CancellationToken.None);
    }

    static async Task SearchAsync(
        ISessionArchive archive, SearchRequest request, SessionRow row, ChannelWriter<SearchEvent> found, SemaphoreSlim turns, CancellationToken cancel)
    {
        Exception? fault = null;
        try
        {
            await SearchOneAsync(archive, request, row, found, cancel);
        }
        catch (Exception e)
        {
            fault = e;
        }

        found.Complete(fault);
        turns.Release();
    }

    static async Task SearchOneAsync(
        ISessionArchive archive, SearchRequest request, SessionRow row, ChannelWriter<SearchEvent> found, CancellationToken cancel)
    {
        var (context, pattern, window) = (new SearchContext(request.Around), request.Pattern.Fresh(), new ReplayWindow { Direction = request.Direction });
        var (matches, cut) = (0L, 0L);
        string? note = null;
        try
        {
            var reader = new KeptOperations(OperationReader.Of(row.Protocol, s_limits));
            var pieces = SessionReplay.PiecesAsync(archive, row, reader.Keep, cancel);
            await foreach (var operation in pieces.OperationsAsync(reader, window, cancel))
            {
                if (operation.PayloadLength > operation.Payload.Length && !operation.Payload.IsEmpty) cut++;
                var isMatch = pattern.IsMatch(operation);
                if (isMatch) matches++;
                if (context.Next(operation, isMatch) is { } group) await found.WriteAsync(new SearchHit(row, group), cancel);
            }
        }
        catch (Exception e) when (e is InvalidDataException or JournalFormatException)
        {
            note = e.Message;
        }

        if (context.End() is { } last) await found.WriteAsync(new SearchHit(row, last), cancel);
        if (note is null && cut > 0) note = $"{cut} payloads were searched up to {s_limits.Payload} bytes.";
        await found.WriteAsync(new SessionSearched(row, matches, note), cancel);
    }
}
