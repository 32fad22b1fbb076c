using System.Numerics;
using System.Security.Cryptography;

namespace Gateway.Protocols.Journal;

/// <summary>
/// The hash tree of RFC 9162 section 2.1 over SHA-256: a leaf is the hash of <c>00 | entry</c>, a node that of <c>01 | left | right</c>, and the left side of
/// every node the largest full tree that fits. A root stands for all entries and their order; proofs of a few hashes show that an entry is among them, or
/// that a later root only appended.
/// </summary>
public static class MerkleTree
{
    public const int HashLength = SHA256.HashSizeInBytes;

    /// <summary>The root of no entries.</summary>
    public static byte[] Empty => SHA256.HashData([]);

    public static byte[] Leaf(ReadOnlySpan<byte> entry) => SHA256.HashData([0, .. entry]);

    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => SHA256.HashData([1, .. left, .. right]);

    /// <summary>The root over all leaves.</summary>
    public static byte[] Root(IReadOnlyList<byte[]> leaves) => leaves.Count == 0 ? Empty : Root(leaves, 0, leaves.Count);

    /// <summary>The proof that the leaf of this index is among the leaves (section 2.1.3.1).</summary>
    public static IReadOnlyList<byte[]> Inclusion(IReadOnlyList<byte[]> leaves, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, leaves.Count);
        var (path, from, to) = (new List<byte[]>(), 0, leaves.Count);
        while (to - from > 1)
        {
            var middle = from + Left(to - from);
            path.Add(index < middle ? Root(leaves, middle, to) : Root(leaves, from, middle));
            if (index < middle) to = middle;
            else from = middle;
        }

        path.Reverse();
        return path;
    }

    /// <summary>The proof that the tree of the first <paramref name="size"/> leaves is the beginning of the tree of all (section 2.1.4.1).</summary>
    public static IReadOnlyList<byte[]> Consistency(IReadOnlyList<byte[]> leaves, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, leaves.Count);
        var (path, from, to, isWhole) = (new List<byte[]>(), 0, leaves.Count, true);
        while (size != to)
        {
            var middle = from + Left(to - from);
            if (size <= middle)
            {
                path.Add(Root(leaves, middle, to));
                to = middle;
            }
            else
            {
                path.Add(Root(leaves, from, middle));
                (from, isWhole) = (middle, false);
            }
        }

        if (!isWhole) path.Add(Root(leaves, from, to));
        path.Reverse();
        return path;
    }

    /// <summary>Whether the proof leads from the leaf to the root of a tree of that size (section 2.1.3.2).</summary>
    public static bool IsIncluded(ReadOnlySpan<byte> leaf, long index, long size, IReadOnlyList<byte[]> proof, ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size) return false;
        var (at, last, hash) = (index, size - 1, leaf.ToArray());
        foreach (var other in proof)
        {
            if (last == 0) return false;
            if ((at & 1) == 1 || at == last)
            {
                hash = Node(other, hash);
                (at, last) = Ascended(at, last);
            }
            else
            {
                hash = Node(hash, other);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        return last == 0 && root.SequenceEqual(hash);
    }

    /// <summary>Whether the proof shows that the second tree begins with all of the first (section 2.1.4.2).</summary>
    public static bool IsConsistent(long first, ReadOnlySpan<byte> firstRoot, long second, ReadOnlySpan<byte> secondRoot, IReadOnlyList<byte[]> proof)
    {
        if (first < 1 || first > second) return false;
        if (first == second) return proof.Count == 0 && firstRoot.SequenceEqual(secondRoot);
        IReadOnlyList<byte[]> path = BitOperations.IsPow2(first) ? [firstRoot.ToArray(), .. proof] : proof;
        if (path.Count == 0) return false;
        var (at, last) = (first - 1, second - 1);
        while ((at & 1) == 1) (at, last) = (at >> 1, last >> 1);
        var (older, newer) = (path[0], path[0]);
        foreach (var other in path.Skip(1))
        {
            if (last == 0) return false;
            if ((at & 1) == 1 || at == last)
            {
                (older, newer) = (Node(other, older), Node(other, newer));
                (at, last) = Ascended(at, last);
            }
            else
            {
                newer = Node(newer, other);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        return last == 0 && firstRoot.SequenceEqual(older) && secondRoot.SequenceEqual(newer);
    }

    // Up to where the way comes from the right again.
    static (long At, long Last) Ascended(long at, long last)
    {
        while ((at & 1) == 0 && at != 0) (at, last) = (at >> 1, last >> 1);
        return (at, last);
    }

    static byte[] Root(IReadOnlyList<byte[]> leaves, int from, int to)
    {
        if (to - from == 1) return leaves[from];
        var middle = from + Left(to - from);
        return Node(Root(leaves, from, middle), Root(leaves, middle, to));
    }

    // The largest power of two that is smaller than the number of leaves.
    static int Left(int leaves) => 1 << BitOperations.Log2((uint)leaves - 1);
}

/// <summary>The right edge of a tree: all that is needed to append to it, one hash per bit of its size. Not thread-safe.</summary>
public sealed class MerkleFrontier
{
    readonly List<byte[]> _peaks;

    public MerkleFrontier() => _peaks = [];

    /// <summary>Of a tree of that size. Throws <see cref="ArgumentException"/> where the hashes are not one per bit of it.</summary>
    public MerkleFrontier(long size, IEnumerable<byte[]> peaks)
    {
        (Size, _peaks) = (size, [.. peaks]);
        if (size < 0 || _peaks.Count != BitOperations.PopCount((ulong)size)) throw new ArgumentException("A tree of this size has another edge.", nameof(peaks));
    }

    public long Size { get; private set; }

    /// <summary>Roots of the full trees, the largest first.</summary>
    public IReadOnlyList<byte[]> Peaks => _peaks;

    public void Add(byte[] leaf)
    {
        var hash = leaf;
        for (var trees = Size; (trees & 1) == 1; trees >>= 1)
        {
            hash = MerkleTree.Node(_peaks[^1], hash);
            _peaks.RemoveAt(_peaks.Count - 1);
        }

        _peaks.Add(hash);
        Size++;
    }

    public byte[] Root()
    {
        if (_peaks.Count == 0) return MerkleTree.Empty;
        var root = _peaks[^1];
        for (var i = _peaks.Count - 2; i >= 0; i--) root = MerkleTree.Node(_peaks[i], root);
        return root;
    }
}
