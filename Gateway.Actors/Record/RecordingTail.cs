using System.Data.Common;
using Gateway.Protocols.Journal;
using static Gateway.Actors.Record.IndexText;
using static Gateway.Actors.Record.JournalDatabase;

namespace Gateway.Actors.Record;

/// <summary>
/// From where a recording of level full can be gone on with unread: its last chunk, which says how many chunks and bytes came before it, and whose chain
/// value stands for all of them.
/// </summary>
/// <param name="First">The recording's first event.</param>
/// <param name="Before">Chain value of the event before the chunk.</param>
/// <param name="Chunk">The last event of traffic.</param>
/// <param name="Number">The chunk's number in its session.</param>
public sealed record RecordingTail(StoredEvent First, ReadOnlyMemory<byte> Before, StoredEvent Chunk, long Number);

/// <summary>Finds where recordings can be gone on with, in the journal itself.</summary>
public sealed class RecordingTails(JournalDatabase database)
{
    /// <summary>What is shorter is read whole, chain checked: it costs next to nothing.</summary>
    public const long Least = 64;

    const string LastChunk =
        $"select sequence_number, manifest, message from {JournalTable} where persistence_id = @session and manifest in ('s.traffic.2', 's.traffic.1') " +
        "order by sequence_number desc limit 1";

    const string One = $"select sequence_number, manifest, message from {JournalTable} where persistence_id = @session and sequence_number = @number";

    // By the index alone: no event is read.
    const string CountUpTo = $"select count(*) from {JournalTable} where persistence_id = @session and sequence_number <= @number";

    /// <summary>
    /// Null where the recording is to be read whole: it is short, or of a level whose events do not say what came before them. Throws
    /// <see cref="JournalFormatException"/> where an event is missing before the chunk, and the driver's exceptions.
    /// </summary>
    public async Task<RecordingTail?> FindAsync(string sessionId, CancellationToken cancel)
    {
        var session = ("session", (object?)Of(sessionId));
        await using var connection = await database.OpenAsync(cancel);
        if (await EventAsync(connection, new SqlStatement(LastChunk, session), cancel) is not { Number: > Least } last) return null;
        if (await EventAsync(connection, new SqlStatement(One, session, ("number", 1L)), cancel) is not { Event: var first }) throw Gap(sessionId);
        if (first.Decode() is not SessionOpened { Level: RecordingLevel.Full }) return null;
        if (await EventAsync(connection, new SqlStatement(One, session, ("number", last.Number - 1)), cancel) is not { Event: var before }) throw Gap(sessionId);
        var count = Convert.ToInt64(await new SqlStatement(CountUpTo, session, ("number", last.Number)).ScalarAsync(connection, cancel), null);
        if (count != last.Number) throw Gap(sessionId);
        return new RecordingTail(first, SessionChain.ValueOf(before.Bytes).ToArray(), last.Event, last.Number);
    }

    static async Task<(long Number, StoredEvent Event)?> EventAsync(DbConnection connection, SqlStatement select, CancellationToken cancel)
    {
        await using var command = select.On(connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel)) return null;
        return (reader.GetInt64(0), new StoredEvent(reader.GetString(1), reader.GetFieldValue<byte[]>(2)));
    }

    static JournalFormatException Gap(string sessionId) => new(0, $"Session {sessionId} lacks an event");
}
