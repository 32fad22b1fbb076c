using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Hosting.Clustering;

namespace Gateway.Actors.Hosting;

/// <summary>
/// Has every node of the cluster answer a challenge: whichever of them a server reaches. A node that is gone is not waited for once the cluster has
/// removed it; one that joins meanwhile does not know the challenge, which may fail the order, and the next one then.
/// </summary>
public sealed class ClusterChallenges(ActorSystem system, TimeProvider time) : IChallengeAnswers
{
    static readonly TimeSpan s_answer = TimeSpan.FromSeconds(2);

    /// <summary>Longer than it takes to notice that a node is gone (cluster.conf).</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(45);

    public async Task OfferAsync(PendingChallenge challenge, CancellationToken cancel)
    {
        var offer = OfferChallenge.Of(challenge);
        var taken = new ConcurrentDictionary<UniqueAddress, bool>();
        using var late = new CancellationTokenSource(s_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        while (Waiting(taken) is { Length: > 0 } waiting)
        {
            if (late.IsCancellationRequested) throw new AcmeException($"{Named(waiting)} did not confirm to answer for {challenge.Name} within {s_patience.TotalSeconds:0} s");
            await Task.WhenAll(waiting.Select(member => AskAsync(member, offer, taken, either.Token))).ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
        }
    }

    public void Withdraw(PendingChallenge challenge)
    {
        foreach (var member in Gateways.Up(system)) Node(member).Tell(new WithdrawChallenge(challenge.Kind, challenge.Token));
    }

    Member[] Waiting(ConcurrentDictionary<UniqueAddress, bool> taken) => [.. Gateways.Up(system).Where(member => !taken.ContainsKey(member.UniqueAddress))];

    async Task AskAsync(Member member, OfferChallenge offer, ConcurrentDictionary<UniqueAddress, bool> taken, CancellationToken cancel)
    {
        try
        {
            var answer = await Node(member).Ask<ChallengeTaken>(offer, s_answer, cancel).ConfigureAwait(false);
            if (!answer.IsTaken) throw new AcmeException($"{Named([member])} does not take the challenge for {offer.Name}: see its log");
            taken[member.UniqueAddress] = true;
        }
        catch (AskTimeoutException)
        {
            // Asked again, unless the cluster has removed it by then.
        }
        catch (OperationCanceledException)
        {
            // Told by the caller.
        }
    }

    ActorSelection Node(Member member) => Gateways.Actor(system, member.Address, ChallengesActor.Name);

    static string Named(IEnumerable<Member> members) => string.Join(", ", members.Select(m => m.Name()));
}
