using System.Buffers;
using System.Security.Cryptography;

namespace Gateway.Protocols.Journal;

/// <summary>One session in the ledger of all that ended: what its recording must end with.</summary>
/// <param name="SessionId">Whose.</param>
/// <param name="ClosedAt">When it ended, in microseconds since the Unix epoch.</param>
/// <param name="Chain">The chain value of its last event; zeros where there was none: the recording was gone before it was entered.</param>
public sealed record LedgerEntry(string SessionId, long ClosedAt, ReadOnlyMemory<byte> Chain)
{
    /// <summary>Of a session without an event.</summary>
    public static readonly ReadOnlyMemory<byte> NoChain = new byte[SessionChain.Length];

    public bool HasChain => Chain.Span.ContainsAnyExcept((byte)0);
}

/// <summary>The root of the ledger's tree after so many entries, signed by the seal key.</summary>
public sealed record LedgerHead(long Size, long At, ReadOnlyMemory<byte> Root, ReadOnlyMemory<byte> KeyId, ReadOnlyMemory<byte> Signature);

/// <summary>
/// Some entries of the ledger and the head after them. Entries are only ever appended: a session that is gone from the journal is missed here, and an entry
/// that is gone from here changes the root that somebody else has seen. Layout: <c>version (1 byte: 01) | first varint | entries list of (session text, closed
/// time, chain 32 bytes) | at time | peaks list of 32 bytes | root 32 bytes | key identifier 32 bytes | signature 64 bytes</c>.
/// </summary>
public sealed record LedgerPage(long First, IReadOnlyList<LedgerEntry> Entries, IReadOnlyList<byte[]> Peaks, LedgerHead Head)
{
    /// <summary>Entries of one page.</summary>
    public const int MostEntries = 1024;

    const byte Version = 1;

    // One hash per bit of a size.
    const int MostPeaks = 63;

    static ReadOnlySpan<byte> Label => "gateway.ledger.head.1\0"u8;

    /// <summary>The page that appends the entries to the tree of that frontier, which moves on.</summary>
    /// <param name="frontier">Of the ledger so far.</param>
    /// <param name="entries">1 to <see cref="MostEntries"/>.</param>
    /// <param name="at">Now.</param>
    /// <param name="keyId">Of the seal key.</param>
    /// <param name="sign">Signs with it: ECDSA P-256 over SHA-256, IEEE P1363 form.</param>
    public static LedgerPage Append(MerkleFrontier frontier, IReadOnlyList<LedgerEntry> entries, long at, ReadOnlyMemory<byte> keyId, Func<byte[], byte[]> sign)
    {
        var first = frontier.Size;
        foreach (var entry in entries) frontier.Add(MerkleTree.Leaf(BytesOf(entry)));
        var root = frontier.Root();
        var signature = sign(SignedBytes(frontier.Size, at, root));
        return new LedgerPage(first, entries, [.. frontier.Peaks], new LedgerHead(frontier.Size, at, root, keyId, signature));
    }

    /// <summary>What a leaf of the tree is the hash of: session text, closed time, chain 32 bytes.</summary>
    public static byte[] BytesOf(LedgerEntry entry)
    {
        var bytes = new ArrayBufferWriter<byte>();
        Write(new EventWriter(bytes), entry);
        return bytes.WrittenSpan.ToArray();
    }

    public static bool IsSigned(LedgerHead head, ECDsa key) =>
        key.VerifyData(SignedBytes(head.Size, head.At, head.Root.Span), head.Signature.Span, HashAlgorithmName.SHA256);

    public byte[] ToBytes()
    {
        var bytes = new ArrayBufferWriter<byte>();
        var to = new EventWriter(bytes);
        to.Byte(Version);
        to.Count(First);
        to.ListLength(Entries.Count, MostEntries);
        foreach (var entry in Entries) Write(to, entry);
        to.Time(Head.At);
        to.ListLength(Peaks.Count, MostPeaks);
        foreach (var peak in Peaks) to.Fixed(peak, MerkleTree.HashLength);
        to.Fixed(Head.Root.Span, MerkleTree.HashLength);
        to.Fixed(Head.KeyId.Span, SessionSeal.KeyIdLength);
        to.Fixed(Head.Signature.Span, SessionSeal.SignatureLength);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Throws <see cref="JournalFormatException"/>. Neither tree nor signature is looked at.</summary>
    public static LedgerPage Read(ReadOnlySpan<byte> bytes)
    {
        var from = new EventReader(bytes);
        if (from.Byte() != Version) throw new JournalFormatException(0, "The page of the ledger is of another version");
        var first = from.Size();
        var entries = new LedgerEntry[from.ListLength(MostEntries, elementBytes: 41)];
        for (var i = 0; i < entries.Length; i++) entries[i] = new LedgerEntry(from.Text(), from.Time(), from.Fixed(SessionChain.Length).ToArray());
        var at = from.Time();
        var peaks = new byte[from.ListLength(MostPeaks, MerkleTree.HashLength)][];
        for (var i = 0; i < peaks.Length; i++) peaks[i] = from.Fixed(MerkleTree.HashLength).ToArray();
        var head = new LedgerHead(
            first + entries.Length, at, from.Fixed(MerkleTree.HashLength).ToArray(), from.Fixed(SessionSeal.KeyIdLength).ToArray(),
            from.Fixed(SessionSeal.SignatureLength).ToArray());
        from.End();
        return new LedgerPage(first, entries, peaks, head);
    }

    static void Write(EventWriter to, LedgerEntry entry)
    {
        to.Text(entry.SessionId);
        to.Time(entry.ClosedAt);
        to.Fixed(entry.Chain.Span, SessionChain.Length);
    }

    // Label | size u64 | at u64 | root.
    static byte[] SignedBytes(long size, long at, ReadOnlySpan<byte> root)
    {
        var bytes = new ArrayBufferWriter<byte>();
        bytes.Write(Label);
        var to = new EventWriter(bytes);
        to.Time(size);
        to.Time(at);
        to.Fixed(root, MerkleTree.HashLength);
        return bytes.WrittenSpan.ToArray();
    }
}
