using System.Data.Common;
using Gateway.Protocols.Journal;
using static Gateway.Actors.Record.IndexText;
using static Gateway.Actors.Record.JournalDatabase;

namespace Gateway.Actors.Record;

/// <summary>
/// From where a recording can be gone on with unread: at level full its last chunk, which says how many chunks and bytes came before it, at the others its
/// last event. The chain value before it stands for everything that is not read.
/// </summary>
/// <param name="First">The recording's first event.</param>
/// <param name="Before">Chain value of the event before <paramref name="Last"/>.</param>
/// <param name="Last">The last event of traffic, or of all.</param>
/// <param name="Number">Its number in its session.</param>
/// <param name="Unkept">What passed before it and was not kept; null at level full, where the chunk says what came before it.</param>
public sealed record RecordingTail(StoredEvent First, ReadOnlyMemory<byte> Before, StoredEvent Last, long Number, Unkept? Unkept);

/// <summary>What passed and was not kept, up to some event of a recording.</summary>
/// <param name="Operations">Events of encrypted operations, which is the next one's index.</param>
/// <param name="ToUpstreamBytes">Bytes to the upstream.</param>
/// <param name="ToClientBytes">Bytes to the client.</param>
public readonly record struct Unkept(uint Operations, long ToUpstreamBytes, long ToClientBytes);

/// <summary>Finds where recordings can be gone on with, in the journal itself.</summary>
public sealed class RecordingTails(JournalDatabase database)
{
    /// <summary>What is shorter is read whole, chain checked: it costs next to nothing.</summary>
    public const long Least = 64;

    const string Newest =
        $"select sequence_number, manifest, message from {JournalTable} where persistence_id = @session order by sequence_number desc limit 1";

    const string LastChunk =
        $"select sequence_number, manifest, message from {JournalTable} where persistence_id = @session and manifest in ('s.traffic.2', 's.traffic.1') " +
        "order by sequence_number desc limit 1";

    const string One = $"select sequence_number, manifest, message from {JournalTable} where persistence_id = @session and sequence_number = @number";

    // By the index alone: no event is read.
    const string CountUpTo = $"select count(*) from {JournalTable} where persistence_id = @session and sequence_number <= @number";

    static readonly string s_heads =
        $"select manifest, substr(message, 1, {UnkeptBytes.Head}) from {JournalTable} where persistence_id = @session and sequence_number < @number " +
        $"and manifest in ('{string.Join("', '", UnkeptBytes.Manifests)}')";

    /// <summary>
    /// Null where the recording is short, and to be read whole. Throws <see cref="JournalFormatException"/> where an event is missing before the one that it
    /// can be gone on with, or cannot be read, and the driver's exceptions.
    /// </summary>
    public async Task<RecordingTail?> FindAsync(string sessionId, CancellationToken cancel)
    {
        var session = ("session", (object?)Of(sessionId));
        await using var connection = await database.OpenAsync(cancel);
        if (await EventAsync(connection, new SqlStatement(Newest, session), cancel) is not { Number: > Least } newest) return null;
        if (await EventAsync(connection, new SqlStatement(One, session, ("number", 1L)), cancel) is not { Event: var first }) throw Gap(sessionId);
        if (first.Decode() is not SessionOpened opened) return null;
        var isKept = opened.Level == RecordingLevel.Full;
        var gone = isKept ? await EventAsync(connection, new SqlStatement(LastChunk, session), cancel) : newest;
        if (gone is not { Number: > Least } last) return null;
        if (await EventAsync(connection, new SqlStatement(One, session, ("number", last.Number - 1)), cancel) is not { Event: var before }) throw Gap(sessionId);
        var count = Convert.ToInt64(await new SqlStatement(CountUpTo, session, ("number", last.Number)).ScalarAsync(connection, cancel), null);
        if (count != last.Number) throw Gap(sessionId);
        Unkept? unkept = isKept ? null : await UnkeptAsync(connection, new SqlStatement(s_heads, session, ("number", last.Number)), cancel);
        return new RecordingTail(first, SessionChain.ValueOf(before.Bytes).ToArray(), last.Event, last.Number, unkept);
    }

    static async Task<Unkept> UnkeptAsync(DbConnection connection, SqlStatement select, CancellationToken cancel)
    {
        var (operations, toUpstream, toClient) = (0u, 0L, 0L);
        await using var command = select.On(connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var manifest = reader.GetString(0);
            var bytes = UnkeptBytes.Read(manifest, reader.GetFieldValue<byte[]>(1));
            if (manifest == UnkeptBytes.EncryptedOperations) operations++;
            toUpstream += bytes.ToUpstream;
            toClient += bytes.ToClient;
        }

        return new(operations, toUpstream, toClient);
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
