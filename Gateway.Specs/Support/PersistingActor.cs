using Akka.Actor;
using Akka.Persistence;
using Gateway.Actors.Record;

namespace Gateway.Specs.Support;

/// <summary>
/// Persists the stored events it is sent, <see cref="Persisted"/> each once durable; <see cref="Failed"/> when the journal could not.
/// Answers <see cref="Recall"/> with the events it has recovered and persisted.
/// </summary>
sealed class PersistingActor : ReceivePersistentActor
{
    readonly List<StoredEvent> _events = [];
    IActorRef _writer = ActorRefs.Nobody;

    public PersistingActor(string persistenceId)
    {
        PersistenceId = persistenceId;
        Recover<StoredEvent>(_events.Add);
        Command<StoredEvent>(e =>
        {
            var sender = _writer = Sender;
            PersistAsync(e, stored =>
            {
                _events.Add(stored);
                sender.Tell(new Persisted(LastSequenceNr));
            });
        });
        Command<Recall>(_ => Sender.Tell(_events.ToArray()));
    }

    public override string PersistenceId { get; }

    public static Props Props(string persistenceId) => Akka.Actor.Props.Create(() => new PersistingActor(persistenceId));

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => _writer.Tell(new Failed(cause));
}

sealed record Persisted(long SequenceNumber);

sealed record Failed(Exception Cause);

sealed record Recall;
