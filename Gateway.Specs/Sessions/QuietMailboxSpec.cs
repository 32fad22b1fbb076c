using Akka.Actor;
using Akka.Configuration;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.Clustering;
using Gateway.Actors.Sessions;
using Xunit;

namespace Gateway.Specs.Sessions;

/// <summary>What sessions' actors are told comes as it was said, and takes memory only while there is much of it.</summary>
public sealed class QuietMailboxSpec
{
    readonly QuietMessages _queue = new();

    [Fact]
    public void What_was_said_first_comes_first_and_what_was_put_aside_before_it()
    {
        Say(1, 2, 3);
        PutBefore(12);
        PutBefore(11);

        Assert.Equal(5, _queue.Count);
        Assert.Equal([11, 12, 1, 2, 3], Heard());
        Assert.False(_queue.HasMessages);
    }

    [Fact]
    public void What_was_put_aside_is_a_message_too()
    {
        PutBefore(1);

        Assert.True(_queue.HasMessages);
        Assert.Equal([1], Heard());
        Assert.False(_queue.HasMessages);
    }

    [Fact]
    public void A_burst_leaves_no_more_room_than_for_a_few()
    {
        for (var i = 0; i < 10_000; i++) Say(i);
        for (var i = 0; i < 1_000; i++) PutBefore(i);

        Assert.Equal(11_000, Heard().Count);
        Assert.InRange(_queue.Capacity, 0, 8);
    }

    [Fact]
    public async Task Nothing_is_lost_or_changes_places_where_several_speak_at_once()
    {
        const int each = 20_000;
        var speakers = Enumerable.Range(0, 3).Select(s => Task.Run(() =>
        {
            for (var i = 0; i < each; i++) Say(s * each + i);
        })).ToArray();
        var heard = new List<int>();
        while (heard.Count < 3 * each)
        {
            if (_queue.TryDequeue(out var envelope)) heard.Add((int)envelope.Message);
            else if (speakers.All(s => s.IsCompleted) && !_queue.HasMessages) break;
        }

        await Task.WhenAll(speakers);

        Assert.Equal(3 * each, heard.Count);
        foreach (var own in heard.GroupBy(number => number / each)) Assert.Equal(own.Order(), own);
    }

    [Fact]
    public void What_is_left_when_the_actor_ends_goes_to_dead_letters()
    {
        var dead = new QuietMessages();
        Say(1, 2);
        PutBefore(0);

        _queue.CleanUp(ActorRefs.Nobody, dead);

        Assert.Equal(0, _queue.Count);
        Assert.Equal(3, dead.Count);
    }

    [Fact]
    public async Task Sessions_actors_and_what_runs_on_the_polling_threads_have_it()
    {
        using var system = ActorSystem.Create("spec", ConfigurationFactory.ParseString("akka { actor.provider = local, loglevel = OFF, stdout-loglevel = OFF }")
            .WithFallback(ClusterConfiguration.Settings(new GatewayOptions(), NodeIdentity.New("spec"))));
        var asker = Props.Create(() => new Asked());

        foreach (var props in new[] { asker.WithMailbox(QuietMailbox.Name), asker.WithDispatcher(system.Settings.Config.GetString("akka.stream.materializer.dispatcher")) })
            Assert.Equal(typeof(QuietMessages), await system.ActorOf(props).Ask<Type>(0, TimeSpan.FromSeconds(20)));
    }

    void Say(params IEnumerable<int> numbers)
    {
        foreach (var number in numbers) _queue.Enqueue(ActorRefs.Nobody, new Envelope(number, ActorRefs.NoSender));
    }

    void PutBefore(int number) => _queue.EnqueueFirst(new Envelope(number, ActorRefs.NoSender));

    List<int> Heard()
    {
        var heard = new List<int>();
        while (_queue.TryDequeue(out var envelope)) heard.Add((int)envelope.Message);
        return heard;
    }

    /// <summary>Answers with the kind of mailbox that it has.</summary>
    sealed class Asked : ReceiveActor
    {
        public Asked() => ReceiveAny(_ => Sender.Tell(((ActorCell)Context).Mailbox!.MessageQueue.GetType()));
    }
}
