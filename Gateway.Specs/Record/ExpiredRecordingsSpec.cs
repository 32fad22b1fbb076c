using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Record;

[Collection(PostgresSpecs.Name)]
public sealed class ExpiredRecordingsSpec(PostgresServer server)
{
    public static TheoryData<string> Databases => TestJournal.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_ended_before_is_found_oldest_first_and_nothing_else(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        await index.AddAsync(Row("late", started: 1, closed: 20), default);
        await index.AddAsync(Row("second", started: 3, closed: 9), default);
        await index.AddAsync(Row("first", started: 2, closed: 5), default);
        await index.AddAsync(Row("open", started: 1, closed: null), default);
        await index.AddAsync(Row("other", started: 1, closed: 2) with { Connection = "other" }, default);
        var expired = new ExpiredRecordings(journal.Database);

        Assert.Equal(["first", "second"], await expired.FindAsync("telemetry", 10, 0, 100, default));
        Assert.Equal(["second"], await expired.FindAsync("telemetry", 10, 1, 100, default));
        Assert.Equal(["first"], await expired.FindAsync("telemetry", 10, 0, 1, default));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_is_removed_is_gone_key_events_and_row_and_its_neighbour_is_not_touched(string database)
    {
        using var key = SealKey.Ephemeral();
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        var keys = new RecordingKeys(journal.Database);
        var archive = new SqlSessionArchive(journal.Database, clusterKey: null);
        foreach (var id in new[] { "goes", "stays" }) await index.AddAsync(Row(id, started: 1, closed: 2), sealedKey: [1, 2, 3], default);
        // More than one slice.
        var recording = SampleSession.Recording(key);
        await journal.PersistAsync("goes", [.. Enumerable.Repeat(recording[0], 300)]);
        await journal.PersistAsync("stays", recording);

        await new ExpiredRecordings(journal.Database).RemoveAsync("goes", default);

        Assert.Empty(await archive.AllAsync("goes"));
        Assert.Null(await index.FindAsync("goes", default));
        Assert.Equal(SealedKey.None, await keys.FindAsync("goes", default));
        Assert.Equal(recording.Count, (await archive.AllAsync("stays")).Count);
        Assert.NotNull(await index.FindAsync("stays", default));
        Assert.Equal([1, 2, 3], (await keys.FindAsync("stays", default)).Bytes!);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_destroyed_key_says_when_and_is_destroyed_once(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        var keys = new RecordingKeys(journal.Database);
        await index.AddAsync(Row("s1", started: 1, closed: 2), sealedKey: [1, 2, 3], default);

        Assert.True(await keys.DestroyAsync("s1", 7, default));
        Assert.True(await keys.DestroyAsync("s1", 9, default));
        Assert.False(await keys.DestroyAsync("s2", 9, default));

        Assert.Equal(new SealedKey(null, 7), await keys.FindAsync("s1", default));
        // A session that is added again, by a command that was repeated, gets no new key.
        await index.AddAsync(Row("s1", started: 1, closed: 2), sealedKey: [4], default);
        Assert.Equal(new SealedKey(null, 7), await keys.FindAsync("s1", default));
    }

    static SessionRow Row(string id, long started, long? closed) => MemoryArchive.SampleRow(ended: closed is not null) with
    {
        SessionId = id,
        StartedAt = started,
        Closing = closed is { } at ? SampleSession.Closing with { ClosedAt = at } : null,
    };
}
