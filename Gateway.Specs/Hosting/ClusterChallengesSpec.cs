using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Hosting;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Hosting;

/// <summary>Challenges across a real cluster.</summary>
public sealed class ClusterChallengesSpec : IAsyncLifetime, IDisposable
{
    readonly TestCertificates _authority = new();
    readonly AcmeAccountKey _key = AcmeAccountKey.Create();
    readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    readonly List<(ClusterNode Node, PendingChallenges Challenges)> _nodes = [];

    ClusterChallenges Cluster => new(_nodes[0].Node.System, _time);

    [Fact]
    public async Task Every_node_answers_once_the_offer_is_over_and_none_after_it_was_withdrawn()
    {
        await JoinAsync("second");
        var challenge = Challenge("token");

        await Cluster.OfferAsync(challenge, CancellationToken.None);

        Assert.All(_nodes, n => Assert.Equal(challenge.KeyAuthorization, n.Challenges.AnswerTo("token")));
        Cluster.Withdraw(challenge);
        await Eventually.TrueAsync(() => _nodes.TrueForAll(n => n.Challenges.AnswerTo("token") is null));
    }

    [Fact]
    public async Task A_node_that_does_not_confirm_is_named_and_the_server_is_not_told_to_validate()
    {
        await JoinAsync("mute", answers: false);

        var offer = Cluster.OfferAsync(Challenge("token"), CancellationToken.None);
        await Eventually.TrueAsync(() => _nodes[0].Challenges.AnswerTo("token") is not null);
        _time.Advance(TimeSpan.FromSeconds(45));

        var refused = await Assert.ThrowsAsync<AcmeException>(() => offer);
        Assert.Equal("mute did not confirm to answer for edge.test within 45 s", refused.Message);
    }

    [Fact]
    public async Task A_node_that_leaves_meanwhile_is_not_waited_for()
    {
        var mute = await JoinAsync("mute", answers: false);

        var offer = Cluster.OfferAsync(Challenge("token"), CancellationToken.None);
        await mute.LeaveAsync();

        await offer.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_node_that_has_too_many_is_named()
    {
        for (var i = 0; i < PendingChallenges.Most; i++) _nodes[0].Challenges.TryAdd(Challenge($"t{i}"));

        var refused = await Assert.ThrowsAsync<AcmeException>(() => Cluster.OfferAsync(Challenge("token"), CancellationToken.None));

        Assert.Equal("first does not take the challenge for edge.test: see its log", refused.Message);
    }

    public Task InitializeAsync() => JoinAsync("first");

    public async Task DisposeAsync()
    {
        foreach (var (node, _) in _nodes) await node.DisposeAsync();
    }

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
    }

    async Task<ClusterNode> JoinAsync(string name, bool answers = true)
    {
        var challenges = new PendingChallenges(_time);
        var certificates = new SpecNodeCertificates(_authority.Server(name, "127.0.0.1"), _authority.Authorities);
        var node = await ClusterNode.StartAsync(name, certificates, _nodes.Count == 0 ? [] : [_nodes[0].Node.Address]);
        if (answers) node.System.ActorOf(ChallengesActor.Props(challenges, NullLoggerFactory.Instance), ChallengesActor.Name);
        _nodes.Add((node, challenges));
        foreach (var (member, _) in _nodes) await member.SeesAsync(_nodes.Count);
        return node;
    }

    PendingChallenge Challenge(string token) => new(AcmeChallengeKind.Http01, "edge.test", token, _key.Authorize(token), _time.GetUtcNow().AddMinutes(4));
}
