using System.Runtime.CompilerServices;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Replay;

/// <summary>
/// Follows a session from its first event to its last, while it is recorded. Every node and every reader of the journal sees the same: the journal is
/// asked again and again for the events after the last one seen, so that history and present join without gap or overlap.
/// </summary>
public static class SessionTail
{
    /// <summary>How long after an event is durable it may be seen. Origin: half of what people take for at once.</summary>
    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    /// <summary>How long nothing is said before that is said.</summary>
    static readonly TimeSpan s_silence = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The events, and <see cref="JournaledEvent.Silence"/> now and then while there are none. Ends after the last event, or when the index says that
    /// the session has ended or is gone although no last event comes.
    /// </summary>
    public static async IAsyncEnumerable<JournaledEvent> FollowAsync(
        ISessionArchive archive, string sessionId, TimeProvider time, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (after, spoken) = (0L, time.GetTimestamp());
        while (true)
        {
            // Before the events are read: what the index calls ended has all its events in the journal.
            var ended = await archive.FindAsync(sessionId, cancel) is not { Closing: null };
            var before = after;
            await foreach (var e in archive.ReadAfterAsync(sessionId, after, cancel))
            {
                after = e.SequenceNumber;
                yield return e;
                if (IsLast(e.Manifest)) yield break;
            }

            if (ended) yield break;
            if (after != before || time.GetElapsedTime(spoken) >= s_silence)
            {
                spoken = time.GetTimestamp();
                if (after == before) yield return JournaledEvent.Silence;
            }

            await Task.Delay(s_pause, time, cancel);
        }
    }

    /// <summary>The events alone.</summary>
    public static async IAsyncEnumerable<JournaledEvent> WithoutSilence(
        this IAsyncEnumerable<JournaledEvent> events, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (var e in events.WithCancellation(cancel))
        {
            if (!ReferenceEquals(e, JournaledEvent.Silence)) yield return e;
        }
    }

    static bool IsLast(string manifest) => SessionEventTable.TypeOf(manifest) is { } type && (type == typeof(SessionSealed) || type == typeof(SessionRefused));
}
