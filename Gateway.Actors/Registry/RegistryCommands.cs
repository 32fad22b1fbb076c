using Akka.Actor;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Registry;

/// <summary>Asks the registry's writer, wherever in the cluster it is, again and again while it moves from one node to another.</summary>
public sealed class RegistryCommands(Func<CancellationToken, Task<IActorRef>> writer, RegistryFollower follower, TimeProvider time) : IRegistryCommands
{
    /// <summary>One question; an answer takes one write to the journal.</summary>
    static readonly TimeSpan s_answer = TimeSpan.FromSeconds(3);

    /// <summary>A writer whose node died is noticed and replaced in about fifteen seconds (cluster.conf).</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>This node reads the change itself within a second, see <see cref="RegistryFollowerActor.Interval"/>.</summary>
    static readonly TimeSpan s_reading = TimeSpan.FromSeconds(3);

    public async Task<RegistryAnswer> ChangeAsync(IReadOnlyList<RegistryEvent> acts, long? basis, CancellationToken cancel)
    {
        if (ProposeActs.Of(acts, basis) is not { } proposal)
            return new(RegistryOutcome.Invalid, follower.Current.Revision, $"The change is larger than {ProposeActs.MostBytes} bytes; make it in several.");
        using var deadline = new CancellationTokenSource(s_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        try
        {
            var decided = await AskAsync(proposal, either.Token).ConfigureAwait(false);
            await ReadAsync(decided.Revision, cancel).ConfigureAwait(false);
            return new(decided.Outcome, decided.Revision, decided.Detail);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(
                RegistryOutcome.Unavailable, follower.Current.Revision,
                "The node that keeps the registry does not answer; the change may still be made. Look whether it was, and try again.");
        }
    }

    async Task<ActsDecided> AskAsync(ProposeActs proposal, CancellationToken cancel)
    {
        var actor = await writer(cancel).ConfigureAwait(false);
        while (true)
        {
            try
            {
                return await actor.Ask<ActsDecided>(proposal, s_answer, cancel).ConfigureAwait(false);
            }
            catch (AskTimeoutException)
            {
                // On its way to another node, or waiting for the journal: the same acts are asked for again and done once.
                cancel.ThrowIfCancellationRequested();
            }
        }
    }

    async Task ReadAsync(long revision, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(s_reading);
        try
        {
            await follower.ReachedAsync(revision, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Done all the same; this node will read it when the journal answers it.
        }
    }
}
