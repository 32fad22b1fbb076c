using Gateway.Protocols.Journal;
using Xunit;

namespace Gateway.Specs.Journal;

public sealed class MerkleTreeSpec
{
    const int Most = 70;

    static readonly byte[][] s_leaves = [.. Enumerable.Range(0, Most).Select(i => MerkleTree.Leaf([(byte)i]))];

    // Certificate Transparency's own test vectors (the tree of RFC 6962 is that of RFC 9162).
    static readonly string[] s_inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    static readonly string[] s_roots =
    [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Fact]
    public void Roots_are_those_of_the_standards_vectors()
    {
        var leaves = s_inputs.Select(input => MerkleTree.Leaf(Convert.FromHexString(input))).ToArray();

        for (var size = 1; size <= leaves.Length; size++)
            Assert.Equal(s_roots[size - 1], Convert.ToHexStringLower(MerkleTree.Root(leaves[..size])));
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Convert.ToHexStringLower(MerkleTree.Root([])));
    }

    [Fact]
    public void A_frontier_has_the_root_of_the_whole_tree_at_every_size_and_goes_on_from_its_peaks()
    {
        var frontier = new MerkleFrontier();

        for (var size = 0; size <= Most; size++)
        {
            Assert.Equal(MerkleTree.Root(s_leaves[..size]), frontier.Root());
            if (size == Most) break;
            frontier = new MerkleFrontier(size, frontier.Peaks);
            frontier.Add(s_leaves[size]);
        }

        Assert.Throws<ArgumentException>(() => new MerkleFrontier(7, frontier.Peaks.Take(2)));
    }

    [Fact]
    public void Every_leaf_of_every_tree_is_proved_included_and_nothing_else_is()
    {
        for (var size = 1; size <= Most; size += size < 20 ? 1 : 17)
        {
            var (leaves, root) = (s_leaves[..size], MerkleTree.Root(s_leaves[..size]));
            for (var index = 0; index < size; index++)
            {
                var proof = MerkleTree.Inclusion(leaves, index);
                Assert.True(MerkleTree.IsIncluded(leaves[index], index, size, proof, root), $"{index} of {size}");
                Assert.False(MerkleTree.IsIncluded(MerkleTree.Leaf([255]), index, size, proof, root));
                Assert.False(MerkleTree.IsIncluded(leaves[index], index ^ 1, size, proof, root) && size > 1);
                Assert.False(MerkleTree.IsIncluded(leaves[index], index, size, [.. proof, root], root));
                if (proof.Count > 0) Assert.False(MerkleTree.IsIncluded(leaves[index], index, size, [.. proof.Skip(1)], root));
            }
        }
    }

    [Fact]
    public void Every_earlier_tree_is_proved_the_beginning_of_a_later_one_and_no_other_is()
    {
        for (var second = 1; second <= Most; second += second < 20 ? 1 : 17)
        {
            var (leaves, root) = (s_leaves[..second], MerkleTree.Root(s_leaves[..second]));
            for (var first = 1; first <= second; first++)
            {
                var (earlier, proof) = (MerkleTree.Root(s_leaves[..first]), MerkleTree.Consistency(leaves, first));
                Assert.True(MerkleTree.IsConsistent(first, earlier, second, root, proof), $"{first} of {second}");
                Assert.False(MerkleTree.IsConsistent(first, MerkleTree.Leaf([255]), second, root, proof));
                Assert.False(MerkleTree.IsConsistent(first, earlier, second, MerkleTree.Leaf([255]), proof));
                Assert.False(MerkleTree.IsConsistent(first, earlier, second, root, [.. proof, root]));
            }
        }
    }
}
