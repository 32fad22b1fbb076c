using Gateway.Actors.Record;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Registry;

/// <summary>Reads the registry's events straight from the journal's table. Nothing is ever written.</summary>
public sealed class RegistryJournal(JournalDatabase database)
{
    /// <summary>Events in memory at once; with the largest documents, 32 MiB.</summary>
    const int Page = 128;

    const int MostBytes = EventLimits.Document + 8 * EventLimits.Text;

    static readonly string s_select =
        $"""
        select sequence_number, identifier, manifest, length(message), case when length(message) <= {MostBytes} then message end
        from {JournalDatabase.JournalTable}
        where persistence_id = '{RegistrySeal.PersistenceId}' and sequence_number > @after
        order by sequence_number limit {Page}
        """;

    /// <summary>
    /// The events after that number, in order; empty when there is none yet. Throws <see cref="InvalidDataException"/> at a row that no
    /// gateway wrote, and what the database's driver throws.
    /// </summary>
    public async Task<IReadOnlyList<StoredEvent>> PageAsync(long after, CancellationToken cancel)
    {
        await using var connection = await database.OpenAsync(cancel).ConfigureAwait(false);
        await using var command = new SqlStatement(s_select, ("after", after)).On(connection);
        await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        var page = new List<StoredEvent>();
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            var number = reader.GetInt64(0);
            if (number != after + page.Count + 1)
                throw new InvalidDataException($"Event {after + page.Count + 1} of the registry is missing; restore it from a backup.");
            if (reader.IsDBNull(1) || reader.GetInt64(1) != StoredEventSerializer.Id || reader.IsDBNull(2) || reader.IsDBNull(4))
                throw new InvalidDataException($"Event {number} of the registry was not written by a gateway.");
            page.Add(new StoredEvent(reader.GetString(2), reader.GetFieldValue<byte[]>(4)));
        }

        return page;
    }
}
