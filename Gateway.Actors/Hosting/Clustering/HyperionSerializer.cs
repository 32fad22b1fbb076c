using System.Runtime.Serialization;
using Akka.Actor;
using Hyperion;

namespace Gateway.Actors.Hosting.Clustering;

/// <summary>
/// Writes <see cref="IClusterMessage"/>s for another live node. Nothing durable goes through it: its bytes hold type names, which may
/// change.
/// </summary>
public sealed class HyperionSerializer : Akka.Serialization.Serializer
{
    readonly Serializer _hyperion = new(new SerializerOptions(
        versionTolerance: true,
        preserveObjectReferences: false,
        surrogates: null,
        serializerFactories: null,
        knownTypes: null,
        ignoreISerializable: true,
        packageNameOverrides: null,
        disallowUnsafeTypes: true,
        typeFilter: new ClusterTypeFilter([.. ClusterMessages.Types, .. ClusterMessages.Parts])));

    public HyperionSerializer(ExtendedActorSystem system) : base(system)
    {
    }

    /// <summary>Not -5, the number of Akka's own Hyperion serializer, which has no such list.</summary>
    public override int Identifier => 1701;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj)
    {
        using var bytes = new MemoryStream(256);
        _hyperion.Serialize(obj, bytes);
        return bytes.ToArray();
    }

    public override object FromBinary(byte[] bytes, Type type)
    {
        if (Read(bytes) is IClusterMessage message) return message;
        throw new SerializationException("Not a cluster message.");
    }

    object? Read(byte[] bytes)
    {
        try
        {
            using var stream = new MemoryStream(bytes, writable: false);
            return _hyperion.Deserialize(stream);
        }
        catch (Exception fault) when (fault is not (SerializationException or OutOfMemoryException))
        {
            // Hyperion meets hostile bytes with whatever exception they lead to; Akka drops a message for this one only.
            throw new SerializationException($"Refused a cluster message ({fault.GetType().Name}).", fault);
        }
    }
}
