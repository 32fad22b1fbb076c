using Akka.Actor;
using Gateway.Actors.Tls.OpenSsl;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Tls;

public sealed class PollingExecutorSpec : IDisposable
{
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    readonly EngineBench _bench = new("openssl", "openssl");
    readonly ActorSystem _system = ActorSystem.Create("specs", $$"""
        akka { loglevel = OFF, stdout-loglevel = OFF }
        relay { type = Dispatcher, executor = "{{typeof(PollingExecutorConfigurator).FullName}}, Gateway.Actors", throughput = 10 }
        """);

    [Fact]
    public async Task An_actor_runs_on_the_polling_thread_that_woke_it_and_on_the_pool_when_any_other_did()
    {
        var actor = _system.ActorOf(Props.Create(() => new Where()).WithDispatcher("relay"));
        // Whoever begins it would run what it is told meanwhile as well.
        await actor.Ask<string>(0, s_limit);
        var (server, client) = await _bench.MeetAsync();
        var woken = WhenReadAsync(server.Stream, () => actor.Ask<string>(0, s_limit));

        await client.Stream.WriteAsync(new byte[1]);

        Assert.StartsWith("tls-readiness-", await woken.WaitAsync(s_limit), StringComparison.Ordinal);
        Assert.DoesNotContain("tls-readiness-", await actor.Ask<string>(0, s_limit), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _system.Dispose();
        _bench.Dispose();
    }

    // Goes on where the read does: the spec's own context must not come between.
    static async Task<string> WhenReadAsync(Stream stream, Func<Task<string>> ask)
    {
        await stream.ReadExactlyAsync(new byte[1]).ConfigureAwait(false);
        return await ask().ConfigureAwait(false);
    }

    /// <summary>Answers with the name of the thread it runs on.</summary>
    sealed class Where : ReceiveActor
    {
        public Where() => ReceiveAny(_ => Sender.Tell(Thread.CurrentThread.Name ?? ""));
    }
}
