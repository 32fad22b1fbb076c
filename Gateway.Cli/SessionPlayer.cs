using System.Globalization;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Cli;

/// <summary><c>sessions replay</c>: the raw bytes of one direction, or a transcript of both. Returns an <see cref="ExitCode"/>.</summary>
public sealed class SessionPlayer(ISessionArchive archive, CliOutput output, TimeProvider time)
{
    const int PreviewBytes = 48;

    public Task<int> RawAsync(string sessionId, Direction direction, ReplayPace pace, Stream to, CancellationToken cancel)
    {
        return PlayAsync(sessionId, pace, WriteAsync, cancel);

        async Task WriteAsync(ReplayPiece piece)
        {
            if (piece.Direction == direction) await to.WriteAsync(piece.Bytes, cancel);
        }
    }

    public Task<int> TranscriptAsync(string sessionId, ReplayPace pace, CancellationToken cancel) =>
        PlayAsync(sessionId, pace, piece => output.Output.WriteLineAsync(Line(piece)), cancel);

    async Task<int> PlayAsync(string sessionId, ReplayPace pace, Func<ReplayPiece, Task> play, CancellationToken cancel)
    {
        if (await archive.FindAsync(sessionId, cancel) is not { } row)
        {
            output.Fail($"no session {Printable.Text(sessionId)}; list them with: gateway sessions list");
            return ExitCode.NotFound;
        }

        try
        {
            await PacedAsync(row, pace, play, cancel);
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is InvalidDataException or JournalFormatException)
        {
            output.Fail($"the recording of {Printable.Text(sessionId)} cannot be replayed whole: {e.Message}");
            return ExitCode.Failed;
        }
    }

    async Task PacedAsync(SessionRow row, ReplayPace pace, Func<ReplayPiece, Task> play, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        long? first = null;
        var events = archive.ReadAsync(row.SessionId, cancel);
        await foreach (var piece in SessionReplay.PiecesAsync(events, ended: row.Closing is not null, cancel))
        {
            first ??= piece.At;
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
