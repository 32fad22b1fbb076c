using System.Runtime.Serialization;
using Akka.Actor;
using Gateway.Actors.Record;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Record;

public sealed class StoredEventSerializerSpec : IDisposable
{
    readonly ActorSystem _system = ActorSystem.Create("specs", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF");
    readonly StoredEventSerializer _serializer;

    public StoredEventSerializerSpec() => _serializer = new StoredEventSerializer((ExtendedActorSystem)_system);

    [Fact]
    public void An_event_passes_as_it_is_without_a_copy()
    {
        var stored = new SessionRecorder(SampleSession.Id).Append(SampleSession.Opened);

        var bytes = _serializer.ToBinary(stored);
        var back = (StoredEvent)_serializer.FromBinary(bytes, _serializer.Manifest(stored));

        Assert.Same(stored.Bytes, bytes);
        Assert.Same(bytes, back.Bytes);
        Assert.Equal("s.opened.3", back.Manifest);
    }

    [Fact]
    public void The_identifier_is_that_of_every_journal_written_so_far() => Assert.Equal(71_060_001, _serializer.Identifier);

    [Fact]
    public void A_manifest_of_another_version_is_refused() =>
        Assert.Throws<SerializationException>(() => _serializer.FromBinary(new byte[40], "s.opened.99"));

    [Fact]
    public void Nothing_but_a_stored_event_is_taken()
    {
        Assert.Throws<ArgumentException>(() => _serializer.Manifest("text"));
        Assert.Throws<ArgumentException>(() => _serializer.ToBinary("text"));
    }

    public void Dispose() => _system.Dispose();
}
