using System.Buffers;
using System.Collections.Frozen;

namespace Gateway.Protocols.Journal;

/// <summary>
/// One kind of journaled events, as the one table of manifest, type, write and read. It knows an event's content, <c>format version byte (1) | body</c>.
/// A manifest's layout never changes: a new layout is a new manifest, and the old reader stays.
/// </summary>
public sealed class EventTable<TEvent> where TEvent : class
{
    public const byte FormatVersion = 1;

    readonly FrozenDictionary<string, Entry> _byManifest;
    readonly FrozenDictionary<Type, Entry> _byType;

    internal EventTable(params IReadOnlyList<Entry> entries)
    {
        _byManifest = entries.ToFrozenDictionary(e => e.Manifest);
        // Of several layouts of an event the first is the one that is written.
        _byType = entries.DistinctBy(e => e.Type).ToFrozenDictionary(e => e.Type);
        Manifests = [.. entries.Select(e => (e.Manifest, e.Type))];
    }

    internal delegate void Write<in T>(EventWriter to, T e);

    internal delegate T Read<out T>(ref EventReader from);

    /// <summary>Every manifest this version reads, with the event it holds.</summary>
    public IReadOnlyList<(string Manifest, Type Type)> Manifests { get; }

    public bool Knows(string manifest) => _byManifest.ContainsKey(manifest);

    public string ManifestOf(TEvent e) => EntryOf(e).Manifest;

    /// <summary>Writes the content: version byte and body.</summary>
    public void WriteContent(TEvent e, IBufferWriter<byte> output) => WriteContent(EntryOf(e), e, output);

    /// <summary>Writes the content in the layout of a manifest, which may be a former one.</summary>
    public void WriteContent(string manifest, TEvent e, IBufferWriter<byte> output) => WriteContent(_byManifest[manifest], e, output);

    /// <summary>Reads the content: version byte and body, nothing after it. Throws <see cref="JournalFormatException"/>.</summary>
    public TEvent ReadContent(string manifest, ReadOnlySpan<byte> content)
    {
        if (!_byManifest.TryGetValue(manifest, out var entry))
            throw new JournalFormatException(0, $"The manifest '{manifest}' is not one of this version's: {string.Join(", ", _byManifest.Keys.Order())}");
        var reader = new EventReader(content);
        var version = reader.Byte();
        if (version != FormatVersion)
            throw new JournalFormatException(0, $"Format version {version} is unknown; this version reads {FormatVersion}");
        var e = entry.Read(ref reader);
        reader.End();
        return e;
    }

    internal static Entry Of<T>(string manifest, Write<T> write, Read<T> read) where T : TEvent =>
        new(manifest, typeof(T), (to, e) => write(to, (T)e), (ref EventReader from) => read(ref from));

    static void WriteContent(Entry entry, TEvent e, IBufferWriter<byte> output)
    {
        var writer = new EventWriter(output);
        writer.Byte(FormatVersion);
        entry.Write(writer, e);
    }

    Entry EntryOf(TEvent e) =>
        _byType.TryGetValue(e.GetType(), out var entry) ? entry : throw new ArgumentException($"{e.GetType().Name} is no journaled event.");

    internal sealed record Entry(string Manifest, Type Type, Write<TEvent> Write, Read<TEvent> Read);
}
