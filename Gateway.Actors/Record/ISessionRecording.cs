using Gateway.Protocols.Journal;

namespace Gateway.Actors.Record;

/// <summary>
/// A session's way into its journal. Everything is persisted in the order of the calls. Safe for use from several threads; callbacks come on any thread.
/// Nothing is called back once the recording has failed: the session is then being ended.
/// </summary>
public interface ISessionRecording
{
    /// <summary>Writes the first event; completes once it is durable and the session can be found in the index.</summary>
    Task OpenAsync(SessionOpened opened);

    /// <summary>Takes over the draft. <paramref name="durable"/> gets its length once it is durable.</summary>
    void Record(ChunkDraft draft, Action<int> durable);

    void Record(SessionEvent e, Action durable);
}
