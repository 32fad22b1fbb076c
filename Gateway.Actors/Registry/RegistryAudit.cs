using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Registry;

/// <summary>Which acts; null is any. Times in microseconds since the Unix epoch.</summary>
public sealed record AuditFilter(string? Who = null, long? Since = null, long? Until = null, int Most = 100)
{
    /// <summary>Of which acts; null: any.</summary>
    public Func<RegistryEvent, bool>? Only { get; init; }

    public bool Matches(RegistryEvent e) =>
        (Who is null || Who == e.Act.Who) && (Since is null || e.Act.At >= Since) && (Until is null || e.Act.At < Until) && (Only?.Invoke(e) ?? true);
}

/// <summary>An act and its number.</summary>
public sealed record AuditedAct(long Number, RegistryEvent Event);

/// <summary>The newest of the acts asked for, oldest first, of a record that is in order as far as <paramref name="Newest"/>.</summary>
public sealed record AuditedActs(IReadOnlyList<AuditedAct> Acts, long Newest, ReadOnlyMemory<byte> Head);

/// <summary>
/// Reads the administrative acts from the journal, and verifies the whole record while it does: numbers, chain and signatures from the first act to
/// the newest. Needs no node to be up.
/// </summary>
public sealed class RegistryAudit(JournalDatabase database, SealPublicKeys keys)
{
    /// <summary>
    /// Throws <see cref="InvalidDataException"/> or <see cref="JournalFormatException"/> when the record is not whole or not a gateway's, and what the
    /// database's driver throws.
    /// </summary>
    public async Task<AuditedActs> ReadAsync(AuditFilter filter, CancellationToken cancel)
    {
        var journal = new RegistryJournal(database);
        var recorder = new RegistryRecorder();
        var acts = new Queue<AuditedAct>();
        while (await journal.PageAsync(recorder.Snapshot.Revision, cancel).ConfigureAwait(false) is { Count: > 0 } page)
        {
            foreach (var stored in page)
            {
                var e = recorder.Recover(stored);
                if (!filter.Matches(e)) continue;
                acts.Enqueue(new(recorder.Snapshot.Revision, e));
                if (acts.Count > filter.Most) acts.Dequeue();
            }

            recorder.RequireSignature(keys);
        }

        return new([.. acts], recorder.Snapshot.Revision, recorder.Head);
    }

    /// <summary>The sessions whose recordings were removed because their retention was over.</summary>
    public async Task<IReadOnlySet<string>> ExpiredAsync(CancellationToken cancel)
    {
        var acts = await ReadAsync(new AuditFilter(Most: int.MaxValue) { Only = act => act is RecordingsExpired }, cancel);
        return acts.Acts.Select(act => act.Event).Cast<RecordingsExpired>().SelectMany(act => act.Sessions).ToHashSet(StringComparer.Ordinal);
    }
}
