using Gateway.Protocols.Journal;

namespace Gateway.Actors.Replay;

/// <summary>What the first event of a session holds; reads nothing after it.</summary>
public static class SessionBeginning
{
    /// <summary>What is known of the client; null when the session's first event is not durable yet.</summary>
    /// <exception cref="JournalFormatException">It cannot be read.</exception>
    public static async Task<ClientFacts?> ClientAsync(ISessionArchive archive, string sessionId, CancellationToken cancel)
    {
        await foreach (var first in archive.ReadAsync(sessionId, cancel).ConfigureAwait(false))
        {
            return SessionEventTable.ReadStored(first.Manifest, first.Bytes.Span) switch
            {
                SessionOpened opened => opened.Client,
                SessionRefused refused => refused.Client,
                _ => null,
            };
        }

        return null;
    }
}
