using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols.Journal;

namespace Gateway.Specs.Support;

/// <summary>A ledger with the ended sample session in it.</summary>
sealed class SampleLedger(SealKey key) : ILedger
{
    static readonly LedgerEntry s_entry = new(SampleSession.Id, SampleSession.Closing.ClosedAt, Enumerable.Repeat((byte)3, 32).ToArray());

    readonly LedgerPage _page = LedgerPage.Append(new MerkleFrontier(), [s_entry], SampleRegistry.At, key.Id, key.Sign);

    /// <summary>What is wrong with it.</summary>
    public List<string> Faults { get; } = [];

    public Task<LedgerFinding> VerifyAsync(SeenHead? seen, CancellationToken cancel) => Task.FromResult(new LedgerFinding(
        1, _page.Head.Root, seen is null || seen.Root.Span.SequenceEqual(_page.Head.Root.Span) ? Faults : ["the first 1 entries are not those that were seen earlier"], 0));

    public Task<LedgerProof?> ProveAsync(string sessionId, CancellationToken cancel) =>
        Task.FromResult(sessionId == SampleSession.Id ? new LedgerProof(s_entry, 0, _page.Head, []) : null);
}
