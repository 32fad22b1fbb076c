using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace Gateway.Actors.Hosting.Clustering.Remoting;

/// <summary>
/// Stands where Akka has a serializer that lets the sender choose what type the reader creates. A peer with a valid certificate may still
/// be an attacker, so the number is taken and every use of it refused. See docs/decisions/0007-what-nodes-may-say.md.
/// </summary>
abstract class RefusingSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override string Manifest(object o) => throw Unbound(o);

    public override byte[] ToBinary(object obj) => throw Unbound(obj);

    public override object FromBinary(byte[] bytes, string manifest) =>
        throw new SerializationException($"Serializer {Identifier} is refused.");

    static SerializationException Unbound(object o) => new($"{o.GetType()} has no serializer; it cannot leave this node.");
}

/// <summary>In place of Akka's default, Newtonsoft.Json with type names, number 1. Binds every type that nothing else binds.</summary>
sealed class JsonRefused(ExtendedActorSystem system, Config settings) : RefusingSerializer(system)
{
    /// <summary>Akka passes these because its json serializer has settings.</summary>
    public Config Settings { get; } = settings;

    public override int Identifier => 1;
}

/// <summary>In place of remote deployment, number 3: nobody starts an actor of his choice on this node.</summary>
sealed class RemoteDeploymentRefused(ExtendedActorSystem system) : RefusingSerializer(system)
{
    public override int Identifier => 3;
}
