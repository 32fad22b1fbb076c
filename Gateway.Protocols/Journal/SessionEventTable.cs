using System.Buffers;
using System.Collections.Frozen;

namespace Gateway.Protocols.Journal;

/// <summary>
/// The one table of the journal format: manifest, type, write, read. A stored event is <c>format version byte (1) | body | chain value (32 bytes)</c>;
/// this table knows the first two, called the content, <see cref="SessionChain"/> the third. A manifest's layout never changes: a new layout is a
/// new manifest, and the old reader stays.
/// </summary>
public static class SessionEventTable
{
    public const byte FormatVersion = 1;

    static readonly Entry[] s_entries =
    [
        Of("s.opened.1", OpeningLayouts.WriteOpened, OpeningLayouts.ReadOpened),
        Of("s.refused.1", OpeningLayouts.WriteRefused, OpeningLayouts.ReadRefused),
        Of("s.upstream.1", OpeningLayouts.WriteUpstream, OpeningLayouts.ReadUpstream),
        Of("s.traffic.1", RelayLayouts.WriteTraffic, RelayLayouts.ReadTraffic),
        Of("s.denied.1", RelayLayouts.WriteDenied, RelayLayouts.ReadDenied),
        Of("s.sealed.1", RelayLayouts.WriteSealed, RelayLayouts.ReadSealed),
    ];

    static readonly FrozenDictionary<string, Entry> s_byManifest = s_entries.ToFrozenDictionary(e => e.Manifest);
    static readonly FrozenDictionary<Type, Entry> s_byType = s_entries.ToFrozenDictionary(e => e.Type);

    delegate void Write<in T>(EventWriter to, T e);

    delegate T Read<out T>(ref EventReader from);

    /// <summary>Every manifest this version reads, with the event it holds.</summary>
    public static IReadOnlyList<(string Manifest, Type Type)> Manifests { get; } = [.. s_entries.Select(e => (e.Manifest, e.Type))];

    public static bool Knows(string manifest) => s_byManifest.ContainsKey(manifest);

    public static string ManifestOf(SessionEvent e) => EntryOf(e).Manifest;

    /// <summary>Writes the content: version byte and body.</summary>
    public static void WriteContent(SessionEvent e, IBufferWriter<byte> output)
    {
        var writer = new EventWriter(output);
        writer.Byte(FormatVersion);
        EntryOf(e).Write(writer, e);
    }

    /// <summary>Reads the content: version byte and body, nothing after it. Throws <see cref="JournalFormatException"/>.</summary>
    public static SessionEvent ReadContent(string manifest, ReadOnlySpan<byte> content)
    {
        if (!s_byManifest.TryGetValue(manifest, out var entry))
            throw new JournalFormatException(0, $"The manifest '{manifest}' is not one of this version's: {string.Join(", ", s_byManifest.Keys.Order())}");
        var reader = new EventReader(content);
        var version = reader.Byte();
        if (version != FormatVersion)
            throw new JournalFormatException(0, $"Format version {version} is unknown; this version reads {FormatVersion}");
        var e = entry.Read(ref reader);
        reader.End();
        return e;
    }

    /// <summary>Reads a stored event, chain value included but not checked. Throws <see cref="JournalFormatException"/>.</summary>
    public static SessionEvent ReadStored(string manifest, ReadOnlySpan<byte> stored) => ReadContent(manifest, SessionChain.ContentOf(stored));

    static Entry EntryOf(SessionEvent e) =>
        s_byType.TryGetValue(e.GetType(), out var entry) ? entry : throw new ArgumentException($"{e.GetType().Name} is no journaled event.");

    static Entry Of<T>(string manifest, Write<T> write, Read<T> read) where T : SessionEvent =>
        new(manifest, typeof(T), (to, e) => write(to, (T)e), (ref EventReader from) => read(ref from));

    sealed record Entry(string Manifest, Type Type, Write<SessionEvent> Write, Read<SessionEvent> Read);
}
