using Akka.Actor;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Actors.Sessions;
using Gateway.Protocols.Journal;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting;

/// <summary>
/// Finishes erasures that an act of the record promised and whose node died, or lost the database, before the key was destroyed. What was promised before one
/// look and is not done by the next is nobody's any more: the deed follows its act within milliseconds. Each is an act of the gateway's own before it is done.
/// </summary>
public sealed partial class ErasureKeeper
{
    /// <summary>How often it looks; a promise is kept within two.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Sessions in one question.</summary>
    const int Batch = 256;

    readonly ErasureParts _parts;
    readonly ILogger _log;

    // Revisions of the registry: up to the one every promise is kept, up to the other each had an interval for it.
    long _kept;
    long _seen;
    bool _isForgotten;

    ErasureKeeper(ErasureParts parts) => (_parts, _log) = (parts, parts.Logging.CreateLogger("Gateway.Erasure"));

    public static Props Props(ErasureParts parts)
    {
        var keeper = new ErasureKeeper(parts);
        return ClusterChore.Props(new ChoreTerms(parts.Cluster, keeper.LookAsync, Interval, Interval, keeper.NotFinished));
    }

    /// <summary>False: what is left is not due yet.</summary>
    async Task<bool> LookAsync()
    {
        var now = _parts.Registry.Current;
        var due = now.Erasures.Where(e => e.Value > _kept && e.Value <= _seen).Select(e => e.Key).ToArray();
        foreach (var some in due.Chunk(Batch))
        {
            foreach (var id in await _parts.Keys.LeftAsync(some, CancellationToken.None)) await FinishAsync(id, now.Erasures[id]);
        }

        // Who died between the row and what the database keeps beyond it left no trace of that.
        if (due.Length > 0 && !_isForgotten) await _parts.Keys.ForgetAsync(CancellationToken.None);
        if (due.Length > 0) _isForgotten = true;
        (_kept, _seen) = (_seen, now.Revision);
        return false;
    }

    async Task FinishAsync(string sessionId, long promise)
    {
        var at = UnixMicros.Of(_parts.Now());
        var act = new RecordingErased
        {
            Act = Act.OfGateway("erasure", at, _parts.NodeKey),
            SessionId = sessionId,
            Reason = $"act {promise} of the record promised it and its node did not get to it",
        };
        var answer = await _parts.Commands.ChangeAsync([act], null, CancellationToken.None);
        if (!answer.IsDone) throw new InvalidOperationException($"The end of an erasure could not be recorded: {answer.Detail}");
        _isForgotten = false;
        await _parts.Keys.DestroyAsync(sessionId, at, CancellationToken.None);
        _isForgotten = true;
        Finished(sessionId, promise);
    }

    [LoggerMessage(134, LogLevel.Warning, "The recording of session {Session} is erased: act {Act} promised it, and the node that took it did not get to it")]
    partial void Finished(string session, long act);

    [LoggerMessage(135, LogLevel.Warning, "Erasures that were promised cannot be finished now")]
    partial void NotFinished(Exception cause);
}

/// <summary>What <see cref="ErasureKeeper"/> works with.</summary>
public sealed record ErasureParts(
    ISealerView Cluster, IRegistry Registry, IRegistryCommands Commands, IRecordingKeys Keys, string NodeKey, Func<DateTimeOffset> Now, ILoggerFactory Logging);
