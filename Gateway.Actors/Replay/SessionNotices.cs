using Gateway.Protocols.Journal;

namespace Gateway.Actors.Replay;

/// <summary>Events of recordings that say what was noticed of a session.</summary>
public static class SessionNotices
{
    /// <summary>Their manifests, those of earlier versions too.</summary>
    public static IReadOnlyList<string> Manifests { get; } =
        [.. SessionEventTable.Manifests.Where(known => known.Type == typeof(SessionNoticed)).Select(known => known.Manifest)];

    /// <summary>Null where the event is another one.</summary>
    /// <exception cref="JournalFormatException">It cannot be read.</exception>
    public static SessionNoticed? Of(JournaledEvent e) =>
        Manifests.Contains(e.Manifest) ? (SessionNoticed)SessionEventTable.ReadStored(e.Manifest, e.Bytes.Span) : null;
}
