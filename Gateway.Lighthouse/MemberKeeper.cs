using Akka.Actor;
using Akka.Cluster;
using Microsoft.Extensions.Logging;

namespace Gateway.Lighthouse;

/// <summary>Has the file say who is in the cluster whenever that changes, and the log whether it is a new one.</summary>
sealed class MemberKeeper : ReceiveActor
{
    readonly Cluster _cluster = Cluster.Get(Context.System);
    readonly HashSet<Address> _members = [];
    readonly MemberFile _file;
    readonly ILogger _log;
    KnownMembers _known;
    bool _isUp;
    bool _isWritten;
    bool _isTold;

    public MemberKeeper(MemberFile file, KnownMembers known, ILogger log)
    {
        (_file, _known, _log) = (file, known, log);
        Receive<ClusterEvent.CurrentClusterState>(state =>
        {
            foreach (var member in state.Members) Take(member);
            Keep();
        });
        // At its own end a member is told that all are removed: they stay known.
        Receive<ClusterEvent.MemberRemoved>(gone =>
        {
            _members.Remove(gone.Member.Address);
            Keep();
        });
        Receive<ClusterEvent.IMemberEvent>(change =>
        {
            Take(change.Member);
            Keep();
        });
    }

    protected override void PreStart() =>
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot, typeof(ClusterEvent.IMemberEvent));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    void Take(Member member)
    {
        _members.Add(member.Address);
        if (member.Address != _cluster.SelfAddress || member.Status != MemberStatus.Up || _isUp) return;
        _isUp = true;
        if (_members.Count == 1) _log.LogInformation("No seed and no member that was known has answered from a cluster: this is a new one");
        _log.LogInformation("Lighthouse is up at {Address}", HostAndPort(_cluster.SelfAddress));
    }

    void Keep()
    {
        var known = _known.After(_members.Select(HostAndPort), HostAndPort(_cluster.SelfAddress));
        if (_isWritten && known.Addresses.SequenceEqual(_known.Addresses)) return;
        var fault = _file.Write(_known = known);
        _isWritten = fault is null;
        // Tried at every change, told once.
        if (fault is not null && !_isTold) _log.LogError("{Fault}", fault);
        _isTold = fault is not null;
    }

    static string HostAndPort(Address address) => $"{address.Host}:{address.Port}";
}
