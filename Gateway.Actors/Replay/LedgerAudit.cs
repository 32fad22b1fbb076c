using Gateway.Actors.Record;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Replay;

/// <summary>What the ledger was found to be.</summary>
/// <param name="Size">Entries.</param>
/// <param name="Root">Of the tree over all of them.</param>
/// <param name="Faults">What is wrong with the ledger, or with sessions in it; empty: nothing.</param>
/// <param name="Expired">Sessions that are gone because their retention was over, as the record of acts says.</param>
public sealed record LedgerFinding(long Size, ReadOnlyMemory<byte> Root, IReadOnlyList<string> Faults, long Expired);

/// <summary>That a session is in the ledger: its entry, where, and the hashes that lead from there to the signed root (RFC 9162 section 2.1.3).</summary>
public sealed record LedgerProof(LedgerEntry Entry, long Index, LedgerHead Head, IReadOnlyList<byte[]> Path);

/// <summary>A head of the ledger that somebody saw earlier and kept elsewhere.</summary>
public sealed record SeenHead(long Size, ReadOnlyMemory<byte> Root);

/// <summary>
/// Verifies the ledger: every page continues the one before, every root is that of all entries so far and signed, and every session in it is in the journal
/// with the end that was entered. Needs the database and the public keys, and no node to be up.
/// </summary>
public sealed class LedgerAudit(SqlLedger ledger, SealPublicKeys keys)
{
    /// <summary>Faults that are told; more are counted.</summary>
    const int MostFaults = 100;

    /// <summary>Throws what the database's driver throws.</summary>
    /// <param name="expired">Sessions whose recordings the record of acts says were removed: they are not missed.</param>
    /// <param name="seen">What the ledger is to begin with; null: whatever.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<LedgerFinding> VerifyAsync(IReadOnlySet<string> expired, SeenHead? seen, CancellationToken cancel)
    {
        var (frontier, faults, gone) = (new MerkleFrontier(), new Faults(), 0L);
        if (seen is { Size: 0 }) seen = null;
        try
        {
            await foreach (var page in ledger.PagesAsync(cancel))
            {
                faults.When(page.First != frontier.Size, $"a page begins with entry {page.First}, {frontier.Size} is expected");
                var chains = await ledger.LastChainsAsync([.. page.Entries.Select(entry => entry.SessionId)], cancel);
                foreach (var entry in page.Entries)
                {
                    frontier.Add(MerkleTree.Leaf(LedgerPage.BytesOf(entry)));
                    if (seen is not null && frontier.Size == seen.Size)
                        faults.When(!seen.Root.Span.SequenceEqual(frontier.Root()), $"the first {seen.Size} entries are not those that were seen earlier");
                    if (expired.Contains(entry.SessionId)) gone++;
                    else faults.When(Missed(entry, chains));
                }

                faults.When(!page.Head.Root.Span.SequenceEqual(frontier.Root()), $"the root after entry {frontier.Size} is not that of the entries");
                faults.When(SignatureFault(page.Head));
            }
        }
        catch (JournalFormatException e)
        {
            faults.When(true, $"after entry {frontier.Size}: {e.Message}");
        }

        faults.When(seen is not null && seen.Size > frontier.Size, $"the ledger ends after {frontier.Size} entries; {seen?.Size} were seen earlier");
        return new LedgerFinding(frontier.Size, frontier.Root(), faults.All, gone);
    }

    /// <summary>
    /// The proof that a session is in the ledger as it is now; null: it is not. Holds a hash per session. Throws <see cref="JournalFormatException"/> where the
    /// ledger cannot be read.
    /// </summary>
    public async Task<LedgerProof?> ProveAsync(string sessionId, CancellationToken cancel)
    {
        var (leaves, at, entry, head) = (new List<byte[]>(), -1, (LedgerEntry?)null, (LedgerHead?)null);
        await foreach (var page in ledger.PagesAsync(cancel))
        {
            foreach (var one in page.Entries)
            {
                if (one.SessionId == sessionId) (at, entry) = (leaves.Count, one);
                leaves.Add(MerkleTree.Leaf(LedgerPage.BytesOf(one)));
            }

            head = page.Head;
        }

        return entry is null ? null : new LedgerProof(entry, at, head!, MerkleTree.Inclusion(leaves, at));
    }

    string? SignatureFault(LedgerHead head) => keys.Find(head.KeyId.Span) is not { } key
        ? $"the head after entry {head.Size} is signed by key {Convert.ToHexStringLower(head.KeyId.Span)}, which was not given"
        : LedgerPage.IsSigned(head, key) ? null : $"the signature of the head after entry {head.Size} is not that of its key";

    static string? Missed(LedgerEntry entry, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> chains)
    {
        var isThere = chains.TryGetValue(entry.SessionId, out var chain);
        if (!entry.HasChain && !isThere) return $"session {entry.SessionId} was gone when it was entered";
        if (!isThere) return $"session {entry.SessionId} is missing";
        return entry.Chain.Span.SequenceEqual(chain.Span) ? null : $"session {entry.SessionId} ends otherwise than when it was entered";
    }

    sealed class Faults
    {
        readonly List<string> _told = [];
        long _more;

        public IReadOnlyList<string> All => _more == 0 ? _told : [.. _told, $"and {_more} more"];

        public void When(string? fault) => When(fault is not null, fault ?? "");

        public void When(bool isWrong, string fault)
        {
            if (!isWrong) return;
            if (_told.Count < MostFaults) _told.Add(fault);
            else _more++;
        }
    }
}
