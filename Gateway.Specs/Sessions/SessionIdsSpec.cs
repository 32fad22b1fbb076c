using Gateway.Actors.Hosting;
using Gateway.Actors.Sessions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Sessions;

public sealed class SessionIdsSpec
{
    [Fact]
    public void New_ids_for_each_shard_of_a_node_are_in_as_many_shards_as_there_are()
    {
        var ids = SessionIds.NewInEachShard("gw.1.abc", TimeProvider.System);
        var any = Enumerable.Range(0, 1000).Select(_ => SessionIds.Shard(SessionIds.New("gw.1.abc", TimeProvider.System)));

        Assert.Equal(any.Distinct().Order(StringComparer.Ordinal), ids.Select(SessionIds.Shard).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_new_id_names_the_node_that_accepted_the_socket()
    {
        var node = NodeIdentity.New("edge-1");

        var id = SessionIds.New(node.Key, TimeProvider.System);

        Assert.Equal(node.Key, SessionIds.NodeKey(id));
    }

    [Fact]
    public void Its_time_is_written_as_the_ulid_specification_writes_it()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(1469918176385));

        var id = SessionIds.New("node1", time);

        Assert.StartsWith("node1-01ARYZ6S41", id, StringComparison.Ordinal);
        Assert.Equal("node1-".Length + 26, id.Length);
    }

    [Fact]
    public void Ids_sort_by_the_time_of_their_sessions()
    {
        var time = new FakeTimeProvider();

        var ids = Enumerable.Range(0, 50).Select(_ => { time.Advance(TimeSpan.FromMilliseconds(7)); return SessionIds.New("node1", time); }).ToArray();

        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public void A_thousand_ids_of_one_millisecond_differ()
    {
        var time = new FakeTimeProvider();

        var ids = Enumerable.Range(0, 1000).Select(_ => SessionIds.New("node1", time)).ToHashSet();

        Assert.Equal(1000, ids.Count);
    }

    [Fact]
    public void The_sessions_of_a_node_spread_over_its_four_shards()
    {
        var ids = Enumerable.Range(0, 500).Select(_ => SessionIds.New("node1", TimeProvider.System));

        var shards = ids.Select(SessionIds.Shard).ToHashSet();

        Assert.Equal(["node1/0", "node1/1", "node1/2", "node1/3"], shards.Order());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("-01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    [InlineData("node1")]
    [InlineData("node1-")]
    [InlineData("node1-01ARZ3NDEKTSV4RRFFQ69G5FA")]
    [InlineData("node1-01ARZ3NDEKTSV4RRFFQ69G5FAVV")]
    [InlineData("node1-81ARZ3NDEKTSV4RRFFQ69G5FAV")]
    [InlineData("node1-01ARZ3NDEKTSV4RRFFQ69G5FAU")]
    [InlineData("node1-01arz3ndektsv4rrffq69g5fav")]
    [InlineData("node-1-01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    [InlineData("node/1-01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    [InlineData("n\u00f6de1-01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    [InlineData("node1node1node1node1node1node1node1node11-01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    public void A_malformed_id_has_neither_node_nor_shard(string? id)
    {
        Assert.Null(SessionIds.NodeKey(id));
        Assert.Null(SessionIds.Shard(id));
    }

    [Fact]
    public void The_longest_node_name_still_makes_a_key_that_ids_can_hold()
    {
        var node = NodeIdentity.New(new string('x', 64));

        Assert.NotNull(SessionIds.NodeKey(SessionIds.New(node.Key, TimeProvider.System)));
    }

    [Fact]
    public void A_node_that_starts_again_under_its_name_has_another_key()
    {
        Assert.NotEqual(NodeIdentity.New("edge-1").Key, NodeIdentity.New("edge-1").Key);
    }
}
