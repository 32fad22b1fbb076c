using System.Buffers;
using static Gateway.Protocols.Journal.EventTable<Gateway.Protocols.Journal.SessionEvent>;

namespace Gateway.Protocols.Journal;

/// <summary>
/// The table of a session's events. A stored event is <c>content | chain value (32 bytes)</c>; this table knows the content,
/// <see cref="SessionChain"/> the chain value.
/// </summary>
public static class SessionEventTable
{
    public const byte FormatVersion = EventTable<SessionEvent>.FormatVersion;

    static readonly EventTable<SessionEvent> s_table = new(
        Of<SessionOpened>("s.opened.3", OpeningLayouts.WriteOpened, OpeningLayouts.ReadOpened),
        Of<SessionRefused>("s.refused.2", OpeningLayouts.WriteRefused, OpeningLayouts.ReadRefused),
        Of<UpstreamSecured>("s.upstream.1", OpeningLayouts.WriteUpstream, OpeningLayouts.ReadUpstream),
        Of<TrafficRecorded>("s.traffic.2", RelayLayouts.WriteTraffic, RelayLayouts.ReadTraffic),
        Of<TrafficCounted>("s.counted.1", RelayLayouts.WriteCounted, RelayLayouts.ReadCounted),
        Of<OperationsEncrypted>("s.operations.2", OperationLayouts.WriteEncrypted, OperationLayouts.ReadEncrypted),
        Of<OperationsDenied>("s.denied.1", RelayLayouts.WriteDenied, RelayLayouts.ReadDenied),
        Of<AccessConfirmed>("s.access.1", StandingLayouts.WriteConfirmed, StandingLayouts.ReadConfirmed),
        Of<AccessEnding>("s.ending.1", StandingLayouts.WriteEnding, StandingLayouts.ReadEnding),
        Of<SessionNoticed>("s.noticed.1", NoticeLayouts.WriteNoticed, NoticeLayouts.ReadNoticed),
        Of<SessionSealed>("s.sealed.1", RelayLayouts.WriteSealed, RelayLayouts.ReadSealed),
        // What earlier versions wrote, and every later one reads.
        Of<SessionOpened>("s.opened.1", OpeningLayouts.WriteOpened1, OpeningLayouts.ReadOpened1),
        Of<SessionOpened>("s.opened.2", OpeningLayouts.WriteOpened2, OpeningLayouts.ReadOpened2),
        Of<SessionRefused>("s.refused.1", OpeningLayouts.WriteRefused1, OpeningLayouts.ReadRefused1),
        Of<TrafficRecorded>("s.traffic.1", RelayLayouts.WriteTraffic1, RelayLayouts.ReadTraffic1),
        Of<OperationsRecorded>("s.operations.1", OperationLayouts.WriteOperations, OperationLayouts.ReadOperations));

    /// <summary>Every manifest this version reads, with the event it holds.</summary>
    public static IReadOnlyList<(string Manifest, Type Type)> Manifests => s_table.Manifests;

    public static bool Knows(string manifest) => s_table.Knows(manifest);

    /// <summary>The event a manifest holds; null where this version does not know it.</summary>
    public static Type? TypeOf(string manifest) => Manifests.FirstOrDefault(known => known.Manifest == manifest).Type;

    public static string ManifestOf(SessionEvent e) => s_table.ManifestOf(e);

    /// <summary>Writes the content: version byte and body.</summary>
    public static void WriteContent(SessionEvent e, IBufferWriter<byte> output) => s_table.WriteContent(e, output);

    /// <summary>Writes the content in the layout of a manifest, which may be a former one.</summary>
    public static void WriteContent(string manifest, SessionEvent e, IBufferWriter<byte> output) => s_table.WriteContent(manifest, e, output);

    /// <summary>Reads the content: version byte and body, nothing after it. Throws <see cref="JournalFormatException"/>.</summary>
    public static SessionEvent ReadContent(string manifest, ReadOnlySpan<byte> content) => s_table.ReadContent(manifest, content);

    /// <summary>Reads a stored event, chain value included but not checked. Throws <see cref="JournalFormatException"/>.</summary>
    public static SessionEvent ReadStored(string manifest, ReadOnlySpan<byte> stored) => ReadContent(manifest, SessionChain.ContentOf(stored));
}
