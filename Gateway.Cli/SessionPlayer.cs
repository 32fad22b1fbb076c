using System.Runtime.CompilerServices;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Reading;

namespace Gateway.Cli;

/// <summary><c>sessions replay</c> and <c>sessions tail</c>: the raw bytes of one direction, or a transcript. Returns an <see cref="ExitCode"/>.</summary>
public sealed class SessionPlayer(ISessionArchive archive, CliOutput output, TimeProvider time)
{
    /// <summary>The exact bytes of the request's one direction.</summary>
    public Task<int> RawAsync(ReplayRequest request, Stream to, CancellationToken cancel) => PlayAsync(request.SessionId, async row =>
    {
        var pieces = Pieces(request, row, cancel).WithinAsync(request.WindowOf(row.StartedAt), cancel);
        await PacedAsync(pieces, piece => piece.At, request.Pace, piece => to.WriteAsync(piece.Bytes, cancel), cancel);
    }, cancel);

    /// <summary>Lines for every piece of traffic, or for every operation where the protocol is known.</summary>
    public Task<int> TranscriptAsync(ReplayRequest request, CancellationToken cancel) => PlayAsync(request.SessionId, async row =>
    {
        var window = request.WindowOf(row.StartedAt);
        if (request.Form == TranscriptForm.Auto && ProtocolCatalog.Find(row.Protocol)?.Reader is { } reader)
        {
            var kept = new KeptOperations(reader(new ReaderLimits(), null));
            var operations = Pieces(request, row, cancel, kept.Keep, ShowNotice).OperationsAsync(kept, window, cancel);
            await PacedAsync(operations, operation => operation.At, request.Pace, Show, cancel);
        }
        else
        {
            var pieces = Pieces(request, row, cancel, noticed: ShowNotice).WithinAsync(window, cancel);
            await PacedAsync(pieces, piece => piece.At, request.Pace, ShowPiece, cancel);
        }

        ValueTask Show(DecodedOperation operation) =>
            WriteAsync(request.Json ? [TranscriptLines.Json(operation)] : TranscriptLines.Of(operation));

        ValueTask ShowNotice(SessionNoticed noticed)
        {
            if (!window.Holds(noticed.At)) return ValueTask.CompletedTask;
            var view = NoticeView.Of(noticed);
            return WriteAsync([request.Json ? TranscriptLines.Json(view) : TranscriptLines.Of(view)]);
        }

        ValueTask ShowPiece(ReplayPiece piece) =>
            WriteAsync(request.Json ? [TranscriptLines.Json(piece)] : TranscriptLines.Of(piece, request.Form));
    }, cancel);

    async Task<int> PlayAsync(string sessionId, Func<SessionRow, Task> play, CancellationToken cancel)
    {
        var row = await archive.FindAsync(sessionId, cancel) ?? throw SessionQueries.None(sessionId);
        try
        {
            await play(row);
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is InvalidDataException or JournalFormatException)
        {
            var what = $"the recording of {Printable.Text(sessionId)} cannot be replayed whole";
            throw new CommandException(ExitCode.Failed, $"{what}: {e.Message}", e);
        }
    }

    // What was noticed is shown when it is come upon: between what was relayed before and after.
    IAsyncEnumerable<ReplayPiece> Pieces(
        ReplayRequest request, SessionRow row, CancellationToken cancel, Action<OperationsRecorded>? operations = null,
        Func<SessionNoticed, ValueTask>? noticed = null)
    {
        var events = request.Follow ? Followed(row.SessionId, cancel) : archive.ReadAsync(row.SessionId, cancel);
        if (noticed is not null) events = Noticing(events, noticed, cancel);
        var ended = !request.Follow && row.Closing is not null;
        return SessionReplay.PiecesAsync(archive, row.SessionId, events, ended, operations, cancel);
    }

    static async IAsyncEnumerable<JournaledEvent> Noticing(
        IAsyncEnumerable<JournaledEvent> events, Func<SessionNoticed, ValueTask> noticed, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var e in events.WithCancellation(cancel))
        {
            if (SessionNotices.Of(e) is { } one) await noticed(one);
            yield return e;
        }
    }

    IAsyncEnumerable<JournaledEvent> Followed(string sessionId, CancellationToken cancel) => archive is HttpSessionArchive node
        ? node.FollowAsync(sessionId, cancel)
        : SessionTail.FollowAsync(archive, sessionId, time, cancel).WithoutSilence(cancel);

    async ValueTask WriteAsync(IEnumerable<string> lines)
    {
        foreach (var line in lines) await output.Output.WriteLineAsync(line);
    }

    // The clock starts with the first thing that is wanted: who seeks does not wait for what lies before.
    async Task PacedAsync<T>(
        IAsyncEnumerable<T> parts, Func<T, long> at, ReplayPace pace, Func<T, ValueTask> play, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        long? first = null;
        await foreach (var part in parts.WithCancellation(cancel))
        {
            if (first is null) (first, started) = (at(part), time.GetTimestamp());
            var wait = pace.Wait(at(part) - first.Value, time.GetElapsedTime(started));
            if (wait > TimeSpan.Zero) await Task.Delay(wait, time, cancel);
            await play(part);
        }
    }
}
