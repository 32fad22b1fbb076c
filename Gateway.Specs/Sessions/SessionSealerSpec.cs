using System.Diagnostics;
using Akka;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Gateway.Actors.Record;
using Gateway.Actors.Sessions;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gateway.Specs.Sessions;

/// <summary>What becomes of sessions whose node is gone, told by an index that is held here and sessions that do as a spec says.</summary>
public sealed class SessionSealerSpec : SteppedSystem, ISealerView
{
    static readonly TimeSpan s_margin = TimeSpan.FromSeconds(1);
    static readonly TimeSpan s_retry = TimeSpan.FromSeconds(3);

    readonly HeldRows _index = new();
    readonly List<(IActorRef Receiver, object Message)> _told = [];

    public bool IsResponsible { get; set; } = true;

    public IReadOnlyCollection<string> LiveNodeKeys => ["gw.1.alive"];

    void ISealerView.WhenMemberLost(IActorRef receiver, object message) => _told.Add((receiver, message));

    [Fact]
    public async Task A_lost_nodes_sessions_are_sealed_without_a_word_to_where_they_were()
    {
        _index.Open("gw.2.lost-1", "gw.2.lost-2");

        Seal(id => Props.Create(() => new Obedient(_index, id)));

        await SoonAsync(() => Assert.Empty(_index.OpenNow));
        Assert.All(_index.Ended, end => Assert.Equal((Ending.NodeLost, "node gw.2.lost was lost"), (end.Ending, end.Detail)));
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_node_that_was_just_lost_has_its_margin_to_write_its_last()
    {
        Seal(id => Props.Create(() => new Obedient(_index, id)));
        await SoonAsync(() => Assert.Equal(1, _index.Asked));
        _index.Open("gw.2.lost-1");

        await LoseAsync();
        Assert.Equal(1, _index.Asked);

        Pass(s_margin);
        await SoonAsync(() => Assert.Empty(_index.OpenNow));
    }

    [Fact]
    public async Task One_whose_recovery_fails_is_begun_anew_and_holds_up_no_other()
    {
        _index.Open("gw.2.lost-1", "gw.2.lost-2");
        var tries = 0;

        Seal(id => id.EndsWith('1') && Interlocked.Increment(ref tries) == 1
            ? Props.Create(() => new Failing())
            : Props.Create(() => new Obedient(_index, id)));
        await SoonAsync(() => Assert.Equal(["gw.2.lost-1"], _index.OpenNow));

        await SoonAsync(() =>
        {
            Pass(s_retry);
            Assert.Empty(_index.OpenNow);
        });
        Assert.Equal(2, tries);
    }

    [Fact]
    public async Task One_that_takes_longer_than_a_sweep_goes_on_and_others_are_sealed_meanwhile()
    {
        _index.Open("gw.2.lost-1");
        var recovered = new TaskCompletionSource();
        var begun = 0;

        Seal(id => id.EndsWith('1') ? Begin() : Props.Create(() => new Obedient(_index, id)));
        await SoonAsync(() => Assert.Equal(1, Volatile.Read(ref begun)));
        _index.Open("gw.2.lost-2");
        await SoonAsync(() =>
        {
            Pass(TimeSpan.FromSeconds(20));
            Assert.Equal(["gw.2.lost-1"], _index.OpenNow);
        });

        recovered.SetResult();
        await SoonAsync(() => Assert.Empty(_index.OpenNow));
        Assert.Equal(1, begun);

        Props Begin()
        {
            Interlocked.Increment(ref begun);
            return Props.Create(() => new Slow(_index, "gw.2.lost-1", recovered.Task));
        }
    }

    [Fact]
    public async Task More_than_are_sealed_at_once_are_sealed_one_batch_after_the_other()
    {
        _index.Open([.. Enumerable.Range(1, 150).Select(i => $"gw.2.lost-{i}")]);

        Seal(id => Props.Create(() => new Obedient(_index, id)));

        await SoonAsync(() => Assert.Empty(_index.OpenNow));
        Assert.InRange(_index.Asked, 3, 4);
    }

    [Fact]
    public async Task Those_that_take_long_or_cannot_be_recovered_are_passed_over_once_they_were_waited_for_a_moment()
    {
        string[] old = [.. Enumerable.Range(1, 70).Select(i => $"gw.2.lost-old-{i}")];
        _index.Open([.. old, .. Enumerable.Range(1, 150).Select(i => $"gw.2.lost-{i}")]);
        var never = new TaskCompletionSource();

        Seal(id => !id.Contains("old", StringComparison.Ordinal) ? Props.Create(() => new Obedient(_index, id))
            : id.EndsWith('1') ? Props.Create(() => new Slow(_index, id, never.Task))
            : Props.Create(() => new Failing()));

        var waited = TimeSpan.Zero;
        await SoonAsync(() =>
        {
            Pass(TimeSpan.FromSeconds(1));
            waited += TimeSpan.FromSeconds(1);
            Assert.Equal(old, _index.OpenNow);
        });
        Assert.InRange(waited, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task An_index_that_does_not_answer_is_asked_again()
    {
        _index.Fault = new TimeoutException("the database is away");
        _index.Open("gw.2.lost-1");
        Seal(id => Props.Create(() => new Obedient(_index, id)));
        await SoonAsync(() => Assert.Equal(1, _index.Asked));

        _index.Fault = null;

        await SoonAsync(() =>
        {
            Pass(s_retry);
            Assert.Empty(_index.OpenNow);
        });
    }

    [Fact]
    public async Task A_node_that_does_not_seal_for_others_does_not_even_ask()
    {
        IsResponsible = false;
        _index.Open("gw.2.lost-1");
        Seal(id => Props.Create(() => new Obedient(_index, id)));
        await LoseAsync();
        Pass(s_margin);

        Assert.Equal(0, _index.Asked);
    }

    [Fact]
    public async Task Its_own_session_that_was_left_open_is_asked_for_where_it_lives()
    {
        Seal(id => Props.Create(() => new Obedient(_index, id)));
        await SoonAsync(() => Assert.Equal(1, _index.Asked));

        Sys.EventStream.Publish(new SessionLeftOpen("gw.1.alive-1", Refusal.RecordingFailed));

        await SoonAsync(() =>
        {
            Pass(s_retry);
            var asked = ExpectMsg<EndSession>(TimeSpan.FromMilliseconds(100));
            Assert.Equal(("gw.1.alive-1", Ending.Refused, Refusal.RecordingFailed), (asked.SessionId, asked.Ending, asked.Refusal));
        });
    }

    [Fact]
    public async Task Its_own_session_that_says_nothing_when_it_is_asked_to_end_is_asked_again_after_five_seconds()
    {
        Seal(id => Props.Create(() => new Obedient(_index, id)));
        await SoonAsync(() => Assert.Equal(1, _index.Asked));
        var asked = new List<long>();

        Sys.EventStream.Publish(new SessionLeftOpen("gw.1.alive-1", Refusal.RecordingFailed));

        // The answer is waited for by the system's own clock, which no spec moves.
        await SoonAsync(() =>
        {
            Pass(s_retry);
            ExpectMsg<EndSession>(end => asked.Add(Stopwatch.GetTimestamp()), TimeSpan.FromMilliseconds(100));
            Assert.Equal(2, asked.Count);
        });
        Assert.InRange(Stopwatch.GetElapsedTime(asked[0], asked[1]), TimeSpan.FromSeconds(4.5), TimeSpan.FromSeconds(15));
    }

    void Seal(Func<string, Props> lost) => Sys.ActorOf(SessionSealer.Props(new SessionSealerParts
    {
        Sessions = TestActor,
        Lost = lost,
        Index = _index,
        Cluster = this,
        Margin = s_margin,
        Logging = NullLoggerFactory.Instance,
    }));

    Task SoonAsync(Action assertion) => AwaitAssertAsync(assertion, TimeSpan.FromSeconds(30));

    // What was told is handled before who asked for it is identified.
    async Task LoseAsync()
    {
        await SoonAsync(() => Assert.NotEmpty(_told));
        var (receiver, message) = _told[0];
        receiver.Tell(message);
        await receiver.Ask<ActorIdentity>(new Akka.Actor.Identify(1), TimeSpan.FromSeconds(10));
    }

    /// <summary>Seals at once, and leaves as an entity does.</summary>
    sealed class Obedient : ReceiveActor
    {
        public Obedient(HeldRows index, string id) => Receive<EndSession>(end =>
        {
            index.Close(id, end);
            Sender.Tell(new SessionEnded(id));
            Context.Parent.Tell(new Passivate(PoisonPill.Instance));
        });
    }

    sealed class Failing : ReceiveActor
    {
        public Failing() => ReceiveAny(_ => throw new InvalidOperationException("not recovered"));
    }

    /// <summary>Recovers for as long as the spec says, and hears of its end only then, as an actor does that recovers.</summary>
    sealed class Slow : UntypedActor, IWithUnboundedStash
    {
        readonly HeldRows _index;
        readonly string _id;

        public Slow(HeldRows index, string id, Task recovered)
        {
            (_index, _id) = (index, id);
            recovered.PipeTo(Self, success: () => Done.Instance);
        }

        public IStash Stash { get; set; } = null!;

        protected override void OnReceive(object message)
        {
            if (message is not Done)
            {
                Stash.Stash();
                return;
            }

            Become(answer =>
            {
                _index.Close(_id, (EndSession)answer);
                Sender.Tell(new SessionEnded(_id));
            });
            Stash.UnstashAll();
        }
    }

    /// <summary>The open rows of lost nodes.</summary>
    sealed class HeldRows : ISessionIndex
    {
        readonly Lock _lock = new();
        readonly List<string> _open = [];
        readonly List<EndSession> _ended = [];
        int _asked;

        public Exception? Fault { get; set; }

        public int Asked => Volatile.Read(ref _asked);

        public IReadOnlyList<string> OpenNow
        {
            get
            {
                lock (_lock) return [.. _open];
            }
        }

        public IReadOnlyList<EndSession> Ended
        {
            get
            {
                lock (_lock) return [.. _ended];
            }
        }

        public void Open(params ReadOnlySpan<string> ids)
        {
            lock (_lock) _open.AddRange(ids);
        }

        public void Close(string id, EndSession end)
        {
            lock (_lock)
            {
                _open.Remove(id);
                _ended.Add(end);
            }
        }

        public Task<IReadOnlyList<SessionRow>> OpenOutsideAsync(IReadOnlyCollection<string> nodeKeys, int most, CancellationToken cancel)
        {
            Assert.Equal(["gw.1.alive"], nodeKeys);
            Interlocked.Increment(ref _asked);
            if (Fault is { } fault) return Task.FromException<IReadOnlyList<SessionRow>>(fault);
            return Task.FromResult<IReadOnlyList<SessionRow>>(
                [.. OpenNow.Take(most).Select(id => MemoryArchive.SampleRow(ended: false) with { SessionId = id, NodeKey = "gw.2.lost" })]);
        }

        public Task AddAsync(SessionRow row, byte[]? sealedKey, CancellationToken cancel) => throw new NotSupportedException();

        public Task AddOperationsAsync(string sessionId, IReadOnlyList<IndexedOperation> operations, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task CloseAsync(string sessionId, SessionClosing closing, SessionOperations rest, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<SessionRow?> FindAsync(string sessionId, CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyList<SessionRow>> ListAsync(SessionFilter filter, CancellationToken cancel) => throw new NotSupportedException();

        public Task<SessionHistory> HistoryAsync(HistoryQuestion question, CancellationToken cancel) => throw new NotSupportedException();
    }
}
