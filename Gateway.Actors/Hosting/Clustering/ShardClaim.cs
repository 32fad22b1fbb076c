using Akka.Actor;
using Akka.Cluster.Sharding;
using Gateway.Actors.Sessions;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting.Clustering;

/// <summary>
/// A node's sessions are of one shard, which is its own once it was asked for. A node asks before it listens: who says whose a shard is may be dying when
/// the first client comes.
/// </summary>
static partial class ShardClaim
{
    /// <summary>How long a node waits with listening. Origin: the one who answers has another in its place within about ten seconds.</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    static readonly TimeSpan s_answer = TimeSpan.FromSeconds(2);

    static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    /// <summary>Is over when this node has the shard, or when nobody gave it one in time: then its first sessions wait instead. Never throws.</summary>
    /// <param name="region">The node's region of sessions.</param>
    /// <param name="sessionId">Of nobody's session, which no socket waits for: a session of this node.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logging">Where it says that it was in vain.</param>
    public static async Task MakeAsync(IActorRef region, string sessionId, TimeProvider time, ILoggerFactory logging)
    {
        var (shard, began) = (SessionIds.Shard(sessionId), time.GetTimestamp());
        region.Tell(new OpenSession(sessionId));
        while (time.GetElapsedTime(began) < s_patience)
        {
            try
            {
                var state = await region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, s_answer).ConfigureAwait(false);
                if (state.Shards.Any(known => known.ShardId == shard)) return;
            }
            catch (AskTimeoutException)
            {
                // A region that is busy with starting is asked again.
            }

            await Task.Delay(s_look, time).ConfigureAwait(false);
        }

        LogInVain(logging.CreateLogger("Gateway.Cluster"), s_patience);
    }

    [LoggerMessage(402, LogLevel.Warning, "Nobody gave this node its shard within {Patience}; it listens, and its first sessions may have to wait")]
    static partial void LogInVain(ILogger log, TimeSpan patience);
}
