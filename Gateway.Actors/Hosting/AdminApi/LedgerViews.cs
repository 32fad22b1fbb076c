using Gateway.Actors.Replay;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>What the ledger of ended sessions was found to be.</summary>
/// <param name="Size">Entries.</param>
/// <param name="Root">Of the tree over all of them, hex. Who keeps size and root elsewhere can tell later whether anything was taken out.</param>
/// <param name="Expired">Sessions that are gone because their retention was over.</param>
/// <param name="Faults">What is wrong; empty: nothing.</param>
public sealed record LedgerView(long Size, string Root, long Expired, IReadOnlyList<string> Faults)
{
    public static LedgerView Of(LedgerFinding found) => new(found.Size, Convert.ToHexStringLower(found.Root.Span), found.Expired, found.Faults);
}

/// <summary>That a session is in the ledger: hashes in hex, the signature in base 64.</summary>
public sealed record LedgerProofView(
    string Session, string Closed, string Chain, long Index, long Size, string At, string Root, IReadOnlyList<string> Path, string KeyId, string Signature)
{
    public static LedgerProofView Of(LedgerProof proof) => new(
        proof.Entry.SessionId, JournalTime.Write(proof.Entry.ClosedAt), Convert.ToHexStringLower(proof.Entry.Chain.Span), proof.Index, proof.Head.Size,
        JournalTime.Write(proof.Head.At), Convert.ToHexStringLower(proof.Head.Root.Span), [.. proof.Path.Select(Convert.ToHexStringLower)],
        Convert.ToHexStringLower(proof.Head.KeyId.Span), Convert.ToBase64String(proof.Head.Signature.Span));
}

/// <summary>A head that was seen earlier, as commands and queries write it: <c>SIZE:ROOT</c>.</summary>
public static class SeenHeadText
{
    /// <summary>Null where that is none.</summary>
    public static SeenHead? Parse(string text)
    {
        var parts = text.Split(':');
        if (parts is not [var size, { Length: 64 } root] || !long.TryParse(size, System.Globalization.NumberStyles.None, null, out var entries)) return null;
        return root.All(char.IsAsciiHexDigit) ? new SeenHead(entries, Convert.FromHexString(root)) : null;
    }
}
