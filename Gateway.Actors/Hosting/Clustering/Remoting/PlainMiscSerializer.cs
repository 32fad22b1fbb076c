using System.Collections.Frozen;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace Gateway.Actors.Hosting.Clustering.Remoting;

/// <summary>
/// Akka's serializer for its small messages, number 16, without those that name types or configuration for the reader to create: failures
/// with their exceptions, routers, scopes and HOCON.
/// </summary>
sealed class PlainMiscSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    // Identify, its answer, an actor's address, PoisonPill, Kill, and the heartbeats of death watch with their answers.
    static readonly FrozenSet<string> s_allowed = FrozenSet.Create(StringComparer.Ordinal, "ID", "AID", "AR", "PP", "K", "RWHB", "RWHR");

    readonly MiscMessageSerializer _misc = new(system);

    public override int Identifier => 16;

    public override string Manifest(object o) => Allowed(_misc.Manifest(o));

    public override byte[] ToBinary(object obj)
    {
        Manifest(obj);
        return _misc.ToBinary(obj);
    }

    public override object FromBinary(byte[] bytes, string manifest) => _misc.FromBinary(bytes, Allowed(manifest));

    static string Allowed(string kind) =>
        s_allowed.Contains(kind) ? kind : throw new SerializationException($"Messages of kind \"{kind}\" do not pass between nodes.");
}
