using System.Security.Cryptography;
using Gateway.Actors.Record;
using Gateway.Protocols.Journal;
using Xunit;

namespace Gateway.Specs.Journal;

public sealed class LedgerPageSpec : IDisposable
{
    readonly SealKey _key = SealKey.Ephemeral();

    [Fact]
    public void A_page_reads_back_as_it_was_written_and_the_next_goes_on_from_it()
    {
        var frontier = new MerkleFrontier();
        var first = Page(frontier, "a", "b", "c");
        var read = LedgerPage.Read(first.ToBytes());
        var second = Page(new MerkleFrontier(read.Head.Size, read.Peaks), "d");

        Assert.Equal(["a", "b", "c"], read.Entries.Select(entry => entry.SessionId));
        Assert.Equal((0L, 3L, 3L, 4L), (read.First, read.Head.Size, second.First, second.Head.Size));
        Assert.Equal(Convert.ToHexString(first.ToBytes()), Convert.ToHexString(read.ToBytes()));
        var leaves = first.Entries.Concat(second.Entries).Select(entry => MerkleTree.Leaf(LedgerPage.BytesOf(entry))).ToArray();
        Assert.Equal(MerkleTree.Root(leaves), second.Head.Root.ToArray());
    }

    [Fact]
    public void A_head_is_signed_for_its_size_its_time_and_its_root()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(_key.PublicPem);
        var head = Page(new MerkleFrontier(), "a", "b").Head;

        Assert.True(LedgerPage.IsSigned(head, key));
        Assert.False(LedgerPage.IsSigned(head with { Size = 1 }, key));
        Assert.False(LedgerPage.IsSigned(head with { At = head.At + 1 }, key));
        Assert.False(LedgerPage.IsSigned(head with { Root = MerkleTree.Empty }, key));
    }

    [Fact]
    public void No_page_that_was_cut_short_or_has_a_tail_is_read()
    {
        var bytes = Page(new MerkleFrontier(), "a", "b", "c").ToBytes();

        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<JournalFormatException>(() => LedgerPage.Read(bytes.AsSpan(0, length)));
        Assert.Throws<JournalFormatException>(() => LedgerPage.Read([.. bytes, 0]));
    }

    public void Dispose() => _key.Dispose();

    LedgerPage Page(MerkleFrontier frontier, params IEnumerable<string> sessions) => LedgerPage.Append(
        frontier, [.. sessions.Select(id => new LedgerEntry(id, 7, SHA256.HashData([(byte)id[0]])))], 9, _key.Id, _key.Sign);
}
