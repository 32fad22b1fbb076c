using System.Collections.Frozen;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Remote.Serialization;
using Akka.Serialization;
using Akka.Util;

namespace Gateway.Actors.Hosting.Clustering.Remoting;

/// <summary>
/// Akka's serializer for system messages, number 22, with death watch only. The others steer actors from afar, which nothing here does, and
/// some carry exceptions for the reader to create.
/// </summary>
sealed class PlainSystemSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    // The names that Akka's serializer puts on the wire.
    static readonly FrozenDictionary<string, Type> s_allowed =
        new[] { typeof(Watch), typeof(Unwatch), typeof(DeathWatchNotification) }.ToFrozenDictionary(t => t.TypeQualifiedName());

    readonly SystemMessageSerializer _messages = new(system);

    public override int Identifier => 22;

    public override string Manifest(object o)
    {
        var name = o.GetType().TypeQualifiedName();
        return s_allowed.ContainsKey(name) ? name : throw Refused(name);
    }

    public override byte[] ToBinary(object obj)
    {
        Manifest(obj);
        return _messages.ToBinary(obj);
    }

    public override object FromBinary(byte[] bytes, string manifest) =>
        s_allowed.TryGetValue(manifest, out var type) ? _messages.FromBinary(bytes, type) : throw Refused(manifest);

    static SerializationException Refused(string kind) => new($"The system message \"{kind}\" does not pass between nodes.");
}
