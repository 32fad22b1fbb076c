using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Gateway.Specs.Hosting;

/// <summary>What becomes of an erasure whose node died when its act was in the record and the key was not destroyed.</summary>
[Collection(PostgresSpecs.Name)]
public sealed class ErasureKeeperSpec(PostgresServer server) : SteppedSystem
{
    readonly HeldView _cluster = new();
    readonly HeldRegistry _registry = new();
    readonly NodeLog _log = new();
    public static TheoryData<string> Databases => TestJournal.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_an_act_promised_is_done_soon_and_is_an_act_and_a_line_of_the_log_and_nobody_elses_key_is_touched(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        var keys = await KeysAsync(journal, "promised", "kept");
        Promise("promised", "gone-before-there-were-keys");
        Keep(keys);

        await ErasedAsync(keys, "promised");

        var finished = Assert.Single(_registry.Acts.OfType<RecordingErased>(), act => act.Act.IsOfGateway);
        Assert.Equal(
            ("promised", "erasure", "node1", "act 1 of the record promised it and its node did not get to it"),
            (finished.SessionId, finished.Act.Issuer, finished.Act.NodeKey, finished.Reason));
        Assert.Equal(UnixMicros.Of(Time.GetUtcNow()), (await keys.FindAsync("promised", default)).DestroyedAt!.Value, TimeSpan.FromMinutes(10).TotalMicroseconds);
        await AwaitAssertAsync(() => Assert.Single(_log.Lines, line => line.Event == 134 && line.Text.Contains("session promised ", StringComparison.Ordinal)));
        Assert.NotNull((await keys.FindAsync("kept", default)).Bytes);
    }

    [Fact]
    public async Task An_erasure_under_way_is_left_to_its_own_node()
    {
        var keys = new HeldKeys();
        _cluster.AtLook = look =>
        {
            if (look == 2) Promise("slow");
            else if (look == 3) _ = keys.DestroyAsync("slow", 9, default);
        };

        Keep(keys);
        await LooksAsync(6);

        Assert.DoesNotContain(_registry.Acts, act => act.Act.IsOfGateway);
        Assert.Equal(9, (await keys.FindAsync("slow", default)).DestroyedAt);
    }

    [Fact]
    public async Task A_hold_that_came_after_the_act_does_not_stop_its_deed_and_nobody_can_ask_for_it_anew()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        var keys = await KeysAsync(journal, "promised");
        Promise("promised");
        _registry.Do(SampleRegistry.Of<RecordingHeld>() with { SessionId = "promised" });

        Assert.False((await _registry.ChangeAsync([Erased("promised")], null, default)).IsDone);
        Keep(keys);

        await ErasedAsync(keys, "promised");
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_not_done_and_is_done_when_it_can()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        var keys = await KeysAsync(journal, "promised");
        Promise("promised");
        _registry.Answer = new(RegistryOutcome.Unavailable, 0, "no writer");
        Keep(keys);

        await AwaitAssertAsync(() =>
        {
            Pass(ErasureKeeper.Interval);
            Assert.InRange(_log.Lines.Count(line => line.Event == 135), 2, int.MaxValue);
        });
        Assert.NotNull((await keys.FindAsync("promised", default)).Bytes);

        _registry.Answer = null;
        await ErasedAsync(keys, "promised");
    }

    [Fact]
    public void Of_what_was_removed_since_nothing_is_left_to_do_or_to_remember()
    {
        Promise("removed", "left");
        _registry.Do(SampleRegistry.Of<RecordingsExpired>() with { Sessions = ["removed"] });

        Assert.Equal(["left"], _registry.Current.Erasures.Keys);
    }

    [Fact]
    public async Task One_node_of_the_cluster_finishes_and_the_others_do_not()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        var keys = await KeysAsync(journal, "promised");
        Promise("promised");
        _cluster.IsResponsible = false;
        Keep(keys);

        await LooksAsync(4);

        Assert.NotNull((await keys.FindAsync("promised", default)).Bytes);
        Assert.Single(_registry.Acts);
    }

    static RecordingErased Erased(string id) => SampleRegistry.Of<RecordingErased>() with { SessionId = id };

    /// <summary>The acts alone, as a node leaves them that dies before their deeds.</summary>
    void Promise(params string[] ids) => _registry.Do(ids.Select(Erased));

    void Keep(IRecordingKeys keys)
    {
        var logging = LoggerFactory.Create(log => log.AddProvider(_log));
        Sys.ActorOf(ErasureKeeper.Props(new ErasureParts(_cluster, _registry, _registry, keys, "node1", Time.GetUtcNow, logging)));
    }

    async Task LooksAsync(int more)
    {
        var enough = _cluster.Asked + more;
        await AwaitAssertAsync(() =>
        {
            Pass(ErasureKeeper.Interval);
            Assert.InRange(_cluster.Asked, enough, int.MaxValue);
        });
    }

    Task ErasedAsync(RecordingKeys keys, string id) => AwaitAssertAsync(async () =>
    {
        Pass(ErasureKeeper.Interval);
        Assert.Null((await keys.FindAsync(id, default)).Bytes);
    }, TimeSpan.FromSeconds(20));

    static async Task<RecordingKeys> KeysAsync(TestJournal journal, params string[] ids)
    {
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        foreach (var id in ids) await index.AddAsync(MemoryArchive.SampleRow(ended: true) with { SessionId = id }, [1, 2, 3], default);
        return new RecordingKeys(journal.Database);
    }
}
