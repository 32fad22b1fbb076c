using Akka.Actor;
using Akka.Cluster.Sharding;
using Gateway.Actors.Sessions;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting.Clustering;

/// <summary>
/// A node's sessions are in shards of its own, each of which is its own once it was asked for. A node asks before it listens: who says whose a shard is may
/// be dying when the first client comes.
/// </summary>
static partial class ShardClaim
{
    /// <summary>How long a node waits with listening. Origin: the one who answers has another in its place within about ten seconds.</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    static readonly TimeSpan s_answer = TimeSpan.FromSeconds(2);

    static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    /// <summary>Is over when this node has its shards, or when nobody gave it all of them in time: then its first sessions wait instead.</summary>
    /// <param name="region">The node's region of sessions.</param>
    /// <param name="sessionIds">Of nobody's sessions, which no socket waits for: one in each shard of this node.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logging">Where it says that it was in vain.</param>
    public static async Task MakeAsync(IActorRef region, IReadOnlyList<string> sessionIds, TimeProvider time, ILoggerFactory logging)
    {
        var (shards, began) = (sessionIds.Select(SessionIds.Shard).ToHashSet(StringComparer.Ordinal), time.GetTimestamp());
        foreach (var id in sessionIds) region.Tell(new OpenSession(id));
        while (time.GetElapsedTime(began) < s_patience)
        {
            try
            {
                var state = await region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, s_answer).ConfigureAwait(false);
                if (shards.IsSubsetOf(state.Shards.Select(known => known.ShardId))) return;
            }
            catch (AskTimeoutException)
            {
                // A region that is busy with starting is asked again.
            }

            await Task.Delay(s_look, time).ConfigureAwait(false);
        }

        LogInVain(logging.CreateLogger("Gateway.Cluster"), s_patience);
    }

    [LoggerMessage(402, LogLevel.Warning, "Nobody gave this node its shards within {Patience}; it listens, and its first sessions may have to wait")]
    static partial void LogInVain(ILogger log, TimeSpan patience);
}
