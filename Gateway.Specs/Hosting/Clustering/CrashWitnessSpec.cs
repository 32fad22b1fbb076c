using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Akka.TestKit.Xunit2;
using Gateway.Actors.Hosting.Clustering.Crashes;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gateway.Specs.Hosting.Clustering;

public sealed class CrashWitnessSpec : TestKit
{
    static readonly UniqueAddress s_self = CrashEvidenceSpec.Node(1);
    static readonly UniqueAddress s_doomed = CrashEvidenceSpec.Node(2);
    static readonly UniqueAddress s_lighthouse = CrashEvidenceSpec.Node(9);

    readonly ConcurrentQueue<UniqueAddress> _downed = new();
    readonly ConcurrentQueue<bool> _answers = new();
    int _knocks;
    SeenMember _seen = new(s_doomed, IsGateway: true, IsStaying: true, IsReachable: true);

    [Fact]
    public void A_member_whose_port_refuses_three_times_is_removed()
    {
        Start();
        Lose(s_doomed);

        AwaitAssert(() => Assert.Equal(s_doomed, Assert.Single(_downed.Distinct())));
        Assert.True(_knocks >= CrashWitness.Knocks);
    }

    [Fact]
    public void A_member_that_answers_once_is_left_alone_until_it_is_lost_again()
    {
        foreach (var refused in new[] { true, true, false }) _answers.Enqueue(refused);
        Start();
        Lose(s_doomed);

        AwaitAssert(() => Assert.Equal(3, _knocks));
        Lose(s_doomed);
        AwaitAssert(() => Assert.NotEmpty(_downed));
        Assert.True(_knocks >= 3 + CrashWitness.Knocks);
    }

    [Fact]
    public void One_that_leaves_in_good_order_or_is_no_member_is_not_knocked_at()
    {
        _seen = _seen with { IsStaying = false };
        var witness = Start();

        Lose(s_doomed);
        Lose(CrashEvidenceSpec.Node(7));
        Lose(s_self);
        Seen(witness);

        Assert.Equal(0, _knocks);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_refuses_and_one_that_is_bound_and_busy_does_not()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var place = (IPEndPoint)listener.LocalEndpoint;

        Assert.False(await PortKnock.IsRefusedAsync(At(place.Port)));
        listener.Stop();
        Assert.True(await PortKnock.IsRefusedAsync(At(place.Port)));
        Assert.False(await PortKnock.IsRefusedAsync(new Address("akka.ssl.tcp", "gateway", "no-such-host.invalid", 4053)));
        Assert.False(await PortKnock.IsRefusedAsync(new Address("akka", "gateway")));
    }

    IActorRef Start()
    {
        var witness = Sys.ActorOf(CrashWitness.Props(new(s_self.Address, Sight, KnockAsync, (_, _) => { }, _downed.Enqueue, NullLogger.Instance)));
        Seen(witness);
        return witness;
    }

    // An answer shows that it has started, and has seen what was published before.
    void Seen(IActorRef witness)
    {
        witness.Tell(new Akka.Actor.Identify(1), TestActor);
        ExpectMsg<ActorIdentity>();
    }

    Task<bool> KnockAsync(Address address)
    {
        Assert.Equal(s_doomed.Address, address);
        Interlocked.Increment(ref _knocks);
        return Task.FromResult(!_answers.TryDequeue(out var refused) || refused);
    }

    ClusterSight Sight() => new([new(s_self, true, true, true), _seen, new(s_lighthouse, false, true, true)]);

    void Lose(UniqueAddress member) => Sys.EventStream.Publish(new DisassociatedEvent(s_self.Address, member.Address, inbound: false));

    static Address At(int port) => new("akka.ssl.tcp", "gateway", IPAddress.Loopback.ToString(), port);
}
