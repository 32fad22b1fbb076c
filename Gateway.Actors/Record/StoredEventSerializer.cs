using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Record;

/// <summary>
/// Carries <see cref="StoredEvent"/>s into the journal and back as they are: the manifest column is the event's manifest, the message
/// column its bytes.
/// </summary>
public sealed class StoredEventSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>The number in the journal's <c>identifier</c> column. Part of the journal format.</summary>
    public const int Id = 71_060_001;

    public override int Identifier => Id;

    public override string Manifest(object o) => Stored(o).Manifest;

    public override byte[] ToBinary(object obj) => Stored(obj).Bytes;

    public override object FromBinary(byte[] bytes, string manifest) => SessionEventTable.Knows(manifest) || RegistryEventTable.Table.Knows(manifest)
        ? new StoredEvent(manifest, bytes)
        : throw new SerializationException($"The manifest '{manifest}' is no journaled event of this version.");

    static StoredEvent Stored(object o) =>
        o as StoredEvent ?? throw new ArgumentException($"{o.GetType().Name} is no stored event.", nameof(o));
}
