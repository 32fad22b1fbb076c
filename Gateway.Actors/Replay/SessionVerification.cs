using Gateway.Actors.Record;

namespace Gateway.Actors.Replay;

public enum VerificationVerdict
{
    /// <summary>Whole and unaltered, sealed by a key that was given.</summary>
    Verified,

    /// <summary>Not sealed yet; unaltered as far as it goes. Whether its end is missing, only the seal will tell.</summary>
    Open,

    /// <summary>A refused connection: one sound event, which carries no signature.</summary>
    NotSigned,

    /// <summary>Whole by its own account, but sealed by a key that was not given: anybody could have made it.</summary>
    UnknownKey,

    /// <summary>Altered, or part of it is missing.</summary>
    Broken,

    /// <summary>There are no events.</summary>
    Absent,
}

/// <summary>What a recording was found to be.</summary>
public sealed record VerificationResult(VerificationVerdict Verdict, string Detail)
{
    /// <summary>Sound events.</summary>
    public long Events { get; init; }

    public long ToUpstreamBytes { get; init; }

    public long ToClientBytes { get; init; }

    /// <summary>The position of the first bad event, counted from 1.</summary>
    public long? BadEvent { get; init; }

    /// <summary>Where in its stored bytes the fault was noticed, counted from 0.</summary>
    public int? BadByte { get; init; }
}

/// <summary>
/// Verifies one recording: numbers without a gap, every event well-formed and in its legal place, the hash chain from the session's
/// identifier on, chunks that restore and continue each other, and the seal's totals and signature. See docs/journal-format.md.
/// </summary>
public static class SessionVerification
{
    /// <summary>
    /// Reads the events once, one in memory at a time, and stops at the first that is bad. A recording that has
    /// <paramref name="ended"/>, as the index says, must have its last event. Without its <paramref name="key"/> encrypted content is proved to be what was
    /// recorded, and not looked into. Faults of the source itself pass through as its exceptions.
    /// </summary>
    public static async Task<VerificationResult> VerifyAsync(
        string sessionId, IAsyncEnumerable<JournaledEvent> events, bool ended, SealPublicKeys keys, RecordingKey? key, CancellationToken cancel)
    {
        var walk = new VerificationWalk(sessionId, keys, key);
        await foreach (var e in events.WithCancellation(cancel))
        {
            if (walk.Step(e) is { } fault)
            {
                return walk.Result(VerificationVerdict.Broken, fault.What) with { BadEvent = walk.Events + 1, BadByte = fault.At };
            }
        }
        return walk.Finish(ended);
    }
}
