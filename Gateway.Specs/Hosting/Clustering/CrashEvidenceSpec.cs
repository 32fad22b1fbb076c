using Akka.Actor;
using Akka.Cluster;
using Gateway.Actors.Hosting.Clustering.Crashes;
using Xunit;

namespace Gateway.Specs.Hosting.Clustering;

public sealed class CrashEvidenceSpec
{
    static readonly UniqueAddress[] s_gateways = [Node(1), Node(2), Node(3), Node(4)];
    static readonly UniqueAddress s_lighthouse = Node(9);

    readonly CrashEvidence _evidence = new(s_gateways[0].Address);

    static UniqueAddress Doomed => s_gateways[3];

    [Fact]
    public void One_witness_of_three_proves_nothing_and_two_do()
    {
        _evidence.Take(Doomed, s_gateways[0].Address);
        Assert.False(_evidence.Proves(Doomed, Sight()));

        _evidence.Take(Doomed, s_gateways[1].Address);
        Assert.True(_evidence.Proves(Doomed, Sight()));
    }

    [Fact]
    public void What_only_others_saw_proves_nothing_here()
    {
        _evidence.Take(Doomed, s_gateways[1].Address);
        _evidence.Take(Doomed, s_gateways[2].Address);

        Assert.False(_evidence.Proves(Doomed, Sight()));
    }

    [Fact]
    public void Witnesses_that_this_node_cannot_reach_or_suspects_are_not_counted_and_are_not_waited_for()
    {
        _evidence.Take(Doomed, s_gateways[0].Address);
        _evidence.Take(s_gateways[2], s_gateways[0].Address);

        // Of five members three stand; of their gateways one more has to see it.
        Assert.False(_evidence.Proves(Doomed, Sight()));
        Assert.True(_evidence.Proves(Doomed, Sight(unreachable: [s_gateways[1]], extra: [Node(8), Node(7)])));
        _evidence.Take(Doomed, s_gateways[1].Address);
        Assert.True(_evidence.Proves(Doomed, Sight()));
    }

    [Fact]
    public void The_smaller_side_of_a_partition_proves_nothing_however_much_is_refused()
    {
        foreach (var other in s_gateways[1..]) _evidence.Take(other, s_gateways[0].Address);

        Assert.All(s_gateways[1..], other => Assert.False(_evidence.Proves(other, Sight())));
    }

    [Fact]
    public void Two_gateways_and_a_lighthouse_are_enough_and_two_gateways_alone_are_not()
    {
        var two = new[] { Seen(s_gateways[0]), Seen(s_gateways[1]) };
        _evidence.Take(s_gateways[1], s_gateways[0].Address);

        Assert.True(_evidence.Proves(s_gateways[1], new([.. two, Seen(s_lighthouse, isGateway: false)])));
        Assert.False(_evidence.Proves(s_gateways[1], new(two)));
    }

    [Fact]
    public void One_that_lives_after_all_has_to_be_proven_anew()
    {
        foreach (var witness in s_gateways[..3]) _evidence.Take(Doomed, witness.Address);
        _evidence.Drop(Doomed);

        Assert.False(_evidence.Proves(Doomed, Sight()));
        Assert.Empty(_evidence.Suspects);
    }

    static ClusterSight Sight(UniqueAddress[]? unreachable = null, UniqueAddress[]? extra = null) => new(
    [
        .. s_gateways.Select(g => Seen(g) with { IsReachable = unreachable?.Contains(g) != true }),
        .. (extra ?? []).Append(s_lighthouse).Select(l => Seen(l, isGateway: false)),
    ]);

    static SeenMember Seen(UniqueAddress unique, bool isGateway = true) => new(unique, isGateway, IsStaying: true, IsReachable: true);

    internal static UniqueAddress Node(int number) => new(new Address("akka.ssl.tcp", "gateway", $"10.0.0.{number}", 4053), number);
}
