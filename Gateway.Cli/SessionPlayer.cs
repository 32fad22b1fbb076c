using System.Globalization;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Replay;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Cli;

/// <summary><c>sessions replay</c>: the raw bytes of one direction, or a transcript. Returns an <see cref="ExitCode"/>.</summary>
public sealed class SessionPlayer(ISessionArchive archive, CliOutput output, TimeProvider time)
{
    const int PreviewBytes = 48;

    public Task<int> RawAsync(string sessionId, Direction direction, ReplayPace pace, Stream to, CancellationToken cancel) =>
        PlayAsync(sessionId, direction, pace, async piece => await to.WriteAsync(piece.Bytes, cancel), cancel);

    /// <summary>One line per piece of traffic, of one direction or with null of both.</summary>
    public Task<int> TranscriptAsync(string sessionId, Direction? direction, ReplayPace pace, CancellationToken cancel) =>
        PlayAsync(sessionId, direction, pace, piece => output.Output.WriteLineAsync(Line(piece)), cancel);

    async Task<int> PlayAsync(
        string sessionId, Direction? direction, ReplayPace pace, Func<ReplayPiece, Task> play, CancellationToken cancel)
    {
        var row = await archive.FindAsync(sessionId, cancel) ?? throw SessionQueries.None(sessionId);
        var events = archive.ReadAsync(row.SessionId, cancel);
        try
        {
            await PacedAsync(SessionReplay.PiecesAsync(events, ended: row.Closing is not null, cancel), direction, pace, play, cancel);
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is InvalidDataException or JournalFormatException)
        {
            var what = $"the recording of {Printable.Text(sessionId)} cannot be replayed whole";
            throw new CommandException(ExitCode.Failed, $"{what}: {e.Message}", e);
        }
    }

    async Task PacedAsync(
        IAsyncEnumerable<ReplayPiece> pieces, Direction? direction, ReplayPace pace, Func<ReplayPiece, Task> play, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        long? first = null;
        await foreach (var piece in pieces.WithCancellation(cancel))
        {
            first ??= piece.At;
            if (direction is { } one && one != piece.Direction) continue;
            var wait = pace.Wait(piece.At - first.Value, time.GetElapsedTime(started));
            if (wait > TimeSpan.Zero) await Task.Delay(wait, time, cancel);
            await play(piece);
        }
    }

    static string Line(ReplayPiece piece)
    {
        var arrow = piece.Direction == Direction.ToUpstream ? "->" : "<-";
        var preview = Printable.Preview(piece.Bytes.Span, PreviewBytes);
        return string.Create(CultureInfo.InvariantCulture, $"{JournalTime.Write(piece.At)} {arrow} {piece.Bytes.Length,7}  {preview}");
    }
}
