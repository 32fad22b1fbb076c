using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Actors.Replay;

namespace Gateway.Actors.Hosting;

/// <summary>The ledger of ended sessions, verified against the journal.</summary>
public interface ILedger
{
    /// <summary>Verifies all of it; throws <see cref="InvalidDataException"/> when the record of acts is not in order.</summary>
    Task<LedgerFinding> VerifyAsync(SeenHead? seen, CancellationToken cancel);

    /// <summary>The proof that a session is in it; null: it is not, or not yet.</summary>
    Task<LedgerProof?> ProveAsync(string sessionId, CancellationToken cancel);
}

/// <summary>The ledger in a journal's database, with a node or without.</summary>
public sealed class JournalLedger(JournalDatabase database, SealPublicKeys keys) : ILedger
{
    readonly LedgerAudit _audit = new(new SqlLedger(database), keys);

    public async Task<LedgerFinding> VerifyAsync(SeenHead? seen, CancellationToken cancel) =>
        await _audit.VerifyAsync(await new RegistryAudit(database, keys).ExpiredAsync(cancel), seen, cancel);

    public Task<LedgerProof?> ProveAsync(string sessionId, CancellationToken cancel) => _audit.ProveAsync(sessionId, cancel);
}
