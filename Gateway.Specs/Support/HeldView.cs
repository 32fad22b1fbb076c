using Akka.Actor;
using Gateway.Actors.Sessions;

namespace Gateway.Specs.Support;

/// <summary>A cluster of one node, whose turn it is, until a spec says otherwise. A keeper's look asks whose turn it is before it does anything.</summary>
sealed class HeldView : ISealerView
{
    volatile int _asked;

    /// <summary>So often it was asked whose turn it is.</summary>
    public int Asked => _asked;

    /// <summary>Done at each of these times, with its number, before the answer.</summary>
    public Action<int> AtLook { get; set; } = _ => { };

    public bool IsResponsible
    {
        get
        {
            AtLook(Interlocked.Increment(ref _asked));
            return field;
        }

        set;
    } = true;

    public IReadOnlyCollection<string> LiveNodeKeys => [];

    // Nobody is lost.
    void ISealerView.WhenMemberLost(IActorRef receiver, object message)
    {
    }
}
