using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql.Journal;
using static Gateway.Actors.Record.JournalDatabase;

namespace Gateway.Actors.Record;

/// <summary>
/// The journal plugin, for which two things are known that it cannot know. Sessions that begin here have no history to ask the database for. And a
/// <see cref="StoredEvent"/> is a row already: it goes to the writer that writes the index too, and shares its transactions, instead of through mapper,
/// queue and connection of its own. Rows are the plugin's own to the byte; whatever is no stored event it writes as ever.
/// </summary>
public sealed class SessionJournal : SqlWriteJournal
{
    static readonly string s_insert = string.Create(CultureInfo.InvariantCulture,
        $"""
        insert into {JournalTable} (persistence_id, sequence_number, created, deleted, tags, identifier, manifest, message)
        values (@session, @number, @created, false, '', {StoredEventSerializer.Id}, @manifest, @message)
        """);

    // As the plugin says that nothing was rejected: what cannot be written is a fault instead.
    static readonly IImmutableList<Exception> s_accepted = [null!];

    readonly Func<string, bool> _isNew = static _ => false;
    readonly JournalWriter? _writer;
    readonly ConcurrentDictionary<string, Task> _writing = new();

    public SessionJournal(Config config)
        : base(config)
    {
        if (Context.System.Settings.Setup.Get<SessionJournalSetup>() is not { HasValue: true, Value: var setup }) return;
        (_isNew, _writer) = (setup.IsNew, setup.Writer);
    }

    public override async Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken)
    {
        if (_isNew(persistenceId)) return 0;
        // Whether it goes through or not is its writer's to know; it only has to be over.
        if (_writing.TryGetValue(persistenceId, out var writing)) await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await base.ReadHighestSequenceNrAsync(persistenceId, fromSequenceNr, cancellationToken).ConfigureAwait(false);
    }

    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        AtomicWrite[] writes = [.. messages];
        return _writer is { } writer && writes.All(IsStored)
            ? WriteAsync(writer, writes)
            : base.WriteMessagesAsync(writes, cancellationToken);
    }

    static bool IsStored(AtomicWrite write)
    {
        foreach (var message in Messages(write))
        {
            if (message.Payload is not StoredEvent) return false;
        }

        return true;
    }

    // All of one actor's, which hands in no more before it is told of these.
    async Task<IImmutableList<Exception>> WriteAsync(JournalWriter writer, AtomicWrite[] writes)
    {
        var rows = new List<SqlStatement>(writes.Length);
        foreach (var write in writes)
        {
            foreach (var message in Messages(write)) rows.Add(Row(message, (StoredEvent)message.Payload, writer.Now));
        }

        var persistenceId = writes[0].PersistenceId;
        var written = writer.CommitAsync([.. rows], CancellationToken.None);
        _writing[persistenceId] = written;
        try
        {
            await written.ConfigureAwait(false);
            return writes.Length == 1 ? s_accepted : [.. Enumerable.Repeat<Exception>(null!, writes.Length)];
        }
        finally
        {
            _writing.TryRemove(new(persistenceId, written));
        }
    }

    static IImmutableList<IPersistentRepresentation> Messages(AtomicWrite write) => (IImmutableList<IPersistentRepresentation>)write.Payload;

    static SqlStatement Row(IPersistentRepresentation message, StoredEvent stored, long now) => new(
        s_insert,
        ("session", message.PersistenceId), ("number", message.SequenceNr), ("created", message.Timestamp == 0 ? now : message.Timestamp),
        ("manifest", stored.Manifest), ("message", stored.Bytes));
}

/// <summary>What <see cref="SessionJournal"/> knows of the node.</summary>
/// <param name="isNew">Whether a session begins here and now, so that nothing of it can be in the journal. Asked with a persistence id, from any thread.</param>
/// <param name="writer">Null: events are written by the plugin's own means.</param>
public sealed class SessionJournalSetup(Func<string, bool> isNew, JournalWriter? writer) : Setup
{
    public bool IsNew(string persistenceId) => isNew(persistenceId);

    public JournalWriter? Writer { get; } = writer;
}
