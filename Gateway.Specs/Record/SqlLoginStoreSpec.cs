using Gateway.Actors.Record;
using Gateway.Specs.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Record;

/// <summary>What may be used once is used once, whichever node it is brought to.</summary>
[Collection(PostgresSpecs.Name)]
public sealed class SqlLoginStoreSpec(PostgresServer server)
{
    readonly FakeTimeProvider _time = new(new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero));

    public static TheoryData<string> Databases => TestJournal.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task One_of_many_nodes_is_the_first_to_spend_an_id(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        var nodes = Enumerable.Range(0, 8).Select(_ => new SqlLoginStore(journal.Database, _time)).ToArray();

        var spent = await Task.WhenAll(nodes.Select(node => node.SpendAsync("assertion:a", _time.GetUtcNow().AddMinutes(1), default)));

        Assert.Single(spent, first => first);
        Assert.True(await nodes[0].SpendAsync("assertion:b", _time.GetUtcNow().AddMinutes(1), default));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_is_kept_is_taken_once_and_in_time(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        var (here, there) = (new SqlLoginStore(journal.Database, _time), new SqlLoginStore(journal.Database, _time));
        await here.KeepAsync("code:a", "alice", _time.GetUtcNow().AddMinutes(1), default);
        await here.KeepAsync("code:b", "bob", _time.GetUtcNow().AddMinutes(1), default);

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => there.TakeAsync("code:a", default)));
        Assert.Equal("alice", Assert.Single(taken, content => content is not null));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await there.TakeAsync("code:b", default));
        Assert.Null(await there.TakeAsync("code:c", default));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_was_spent_stays_spent_also_where_the_clock_of_another_node_is_ahead(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        var (here, ahead) = (
            new SqlLoginStore(journal.Database, _time), new SqlLoginStore(journal.Database, new FakeTimeProvider(_time.GetUtcNow().AddMinutes(10))));
        Assert.True(await here.SpendAsync("assertion:a", _time.GetUtcNow().AddMinutes(5), default));
        await here.KeepAsync("code:a", "alice", _time.GetUtcNow().AddMinutes(1), default);

        await ahead.SpendAsync("assertion:b", _time.GetUtcNow().AddMinutes(15), default);

        Assert.False(await here.SpendAsync("assertion:a", _time.GetUtcNow().AddMinutes(5), default));
        Assert.Equal("alice", await here.TakeAsync("code:a", default));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_has_expired_is_not_kept_for_ever(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        var store = new SqlLoginStore(journal.Database, _time);
        for (var i = 0; i < 5; i++) await store.SpendAsync($"assertion:{i}", _time.GetUtcNow().AddMinutes(1), default);
        _time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(1));

        await store.SpendAsync("assertion:last", _time.GetUtcNow().AddMinutes(1), default);

        Assert.Equal(1L, await journal.SqlAsync("select count(*) from gateway_logins"));
    }
}
