using Gateway.Actors.Record;
using Gateway.Actors.Replay;

namespace Gateway.Specs.Support;

/// <summary>Lists of journaled events as an archive yields them, and back.</summary>
static class JournaledEvents
{
    /// <summary>Numbered from 1.</summary>
    public static List<JournaledEvent> Number(IEnumerable<StoredEvent> events) =>
        [.. events.Select((e, i) => new JournaledEvent(i + 1, e.Manifest, e.Bytes))];

    public static async IAsyncEnumerable<JournaledEvent> StreamAsync(IReadOnlyList<JournaledEvent> events)
    {
        await Task.CompletedTask;
        for (var i = 0; i < events.Count; i++)
            yield return events[i];
    }

    public static async Task<List<JournaledEvent>> AllAsync(this ISessionArchive archive, string sessionId)
    {
        var all = new List<JournaledEvent>();
        await foreach (var e in archive.ReadAsync(sessionId, CancellationToken.None))
            all.Add(e);
        return all;
    }
}
