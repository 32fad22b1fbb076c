using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace Gateway.Actors.Sessions;

/// <summary>
/// What an actor is told, for the two that each session has and that are told nothing most of the time: Akka's own mailbox keeps a kilobyte for messages
/// to come. Unbounded, as that is; nothing sends to these actors without limit. Named in <c>cluster.conf</c>.
/// </summary>
public sealed class QuietMailbox(Settings settings, Config config) : MailboxType(settings, config), IProducesMessageQueue<QuietMessages>
{
    /// <summary>Where <c>cluster.conf</c> describes it.</summary>
    public const string Name = "gateway.quiet-mailbox";

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new QuietMessages();
}

/// <summary>First in, first out, but for what is put before all. Safe for use from several threads: a lock is held for an entry's copy only.</summary>
public sealed class QuietMessages : IMessageQueue, IUnboundedMessageQueueSemantics, IUnboundedDequeBasedMessageQueueSemantics
{
    /// <summary>Messages. Room for so many is kept while there is none; what a burst took is given back after it.</summary>
    const int Kept = 8;

    readonly Queue<Envelope> _queue = new();
    Stack<Envelope>? _first;
    int _count;

    /// <summary>Asked several times for each message: without the lock.</summary>
    public bool HasMessages => Volatile.Read(ref _count) > 0;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Messages that there is room for without any more memory.</summary>
    public int Capacity
    {
        get { lock (_queue) return _queue.Capacity + (_first?.Capacity ?? 0); }
    }

    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        lock (_queue)
        {
            _queue.Enqueue(envelope);
            _count++;
        }
    }

    /// <summary>Before all that are there: what an actor had put aside.</summary>
    public void EnqueueFirst(Envelope envelope)
    {
        lock (_queue)
        {
            (_first ??= new()).Push(envelope);
            _count++;
        }
    }

    public bool TryDequeue(out Envelope envelope)
    {
        envelope = default;
        if (!HasMessages) return false;
        lock (_queue)
        {
            if (_first is { } first && first.TryPop(out envelope))
            {
                if (first.Count == 0) _first = null;
            }
            else if (!_queue.TryDequeue(out envelope))
            {
                return false;
            }

            _count--;
            if (_queue.Count == 0 && _queue.Capacity > Kept) _queue.TrimExcess();
            return true;
        }
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        while (TryDequeue(out var envelope)) deadletters.Enqueue(owner, envelope);
    }
}
