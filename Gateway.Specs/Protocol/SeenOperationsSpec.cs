using System.Globalization;
using System.Text;
using Gateway.Protocols;
using Xunit;

namespace Gateway.Specs.Protocol;

public sealed class SeenOperationsSpec
{
    [Fact]
    public void Each_operation_on_each_resource_is_handed_out_once_with_each_outcome()
    {
        var seen = new SeenOperations();

        foreach (var _ in new int[3])
        {
            See(seen, "publish", "a");
            See(seen, "publish", "b");
            See(seen, "subscribe", "a");
            See(seen, "publish", "a", isDenied: true);
        }

        Assert.True(seen.HasFresh);
        Assert.Equal(
            [new("publish", "a", false), new("publish", "b", false), new("subscribe", "a", false), new SeenOperation("publish", "a", true)], seen.Take());
        Assert.False(seen.HasFresh);
        See(seen, "publish", "b");
        Assert.Empty(seen.Take());
        Assert.True(seen.IsWhole);
    }

    [Fact]
    public void What_was_seen_before_is_seen_again_without_allocation()
    {
        var seen = new SeenOperations();
        byte[][] topics = [.. Enumerable.Range(0, SeenOperations.Most).Select(i => Encoding.UTF8.GetBytes($"plant/{i}/state"))];
        Round();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Round();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Round()
        {
            foreach (var topic in topics) seen.See("publish", topic, isDenied: false);
        }
    }

    [Fact]
    public void A_client_that_does_more_than_is_held_is_known_to_have_done_more()
    {
        var seen = new SeenOperations();

        for (var i = 0; i < SeenOperations.Most; i++) See(seen, "publish", i.ToString(CultureInfo.InvariantCulture));
        Assert.True(seen.IsWhole);
        See(seen, "publish", "0");
        Assert.True(seen.IsWhole);
        See(seen, "subscribe", "one more");

        Assert.False(seen.IsWhole);
        Assert.Equal(SeenOperations.Most, seen.Take().Count);
    }

    [Fact]
    public void Names_are_held_up_to_a_length_and_are_one_where_they_are_alike_so_far()
    {
        var seen = new SeenOperations();

        See(seen, "publish", new string('n', 60_000) + "a");
        See(seen, "publish", new string('n', 60_000) + "b");

        Assert.Equal(SeenOperations.LongestName, Assert.Single(seen.Take()).Resource.Length);
    }

    [Fact]
    public void Where_what_is_allowed_is_not_to_be_kept_only_what_was_denied_is()
    {
        var seen = new SeenOperations(keepsAllowed: false);

        See(seen, "publish", "a");
        See(seen, "publish", "b", isDenied: true);

        Assert.Equal([new SeenOperation("publish", "b", true)], seen.Take());
        Assert.False(seen.IsWhole);
    }

    static void See(SeenOperations seen, string operation, string resource, bool isDenied = false) =>
        seen.See(operation, Encoding.UTF8.GetBytes(resource), isDenied);
}
