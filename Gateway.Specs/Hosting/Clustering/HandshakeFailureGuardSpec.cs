using Akka.Actor;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Hosting.Clustering;

public sealed class HandshakeFailureGuardSpec
{
    [Fact]
    public async Task A_node_that_dials_a_strange_certificate_stays_in_its_cluster_and_can_still_leave_in_order()
    {
        using var authority = new TestCertificates();
        using var stranger = new TestCertificates("Strange CA");
        var certificates = new SpecNodeCertificates(authority.Server(), authority.Authorities);
        await using var first = await ClusterNode.StartAsync("first", certificates, []);
        await using var second = await ClusterNode.StartAsync("second", certificates, [first.Address]);
        var strangers = new SpecNodeCertificates(stranger.Server(), stranger.Authorities);
        await using var strange = await ClusterNode.StartAsync("strange", strangers, []);
        await first.SeesAsync(2);

        for (var i = 0; i < 3; i++)
        {
            var dialled = second.System.ActorSelection($"akka.ssl.tcp://gateway@{strange.Address}/user/nobody");
            await Assert.ThrowsAsync<ActorNotFoundException>(() => dialled.ResolveOne(TimeSpan.FromSeconds(2)));
        }

        await Eventually.TrueAsync(() => CoordinatedShutdown.Get(second.System).ShutdownReason is null);
        await first.SeesAsync(2);
        await second.LeaveAsync();
        await first.SeesAsync(1);
        Assert.True(second.System.WhenTerminated.IsCompletedSuccessfully);
    }
}
