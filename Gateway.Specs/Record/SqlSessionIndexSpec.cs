using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Record;

[Collection(PostgresSpecs.Name)]
public sealed class SqlSessionIndexSpec(PostgresServer server)
{
    const string Fingerprint = "t13d1516h2_8daaf6152771_e5627efa2ab1";

    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Databases => TestJournal.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_row_is_found_as_it_was_added_and_closed(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        var closing = new SessionClosing(9, Ending.Refused, Refusal.UpstreamLost, "gone", 1L << 40, 7);

        await index.AddAsync(Row("s1"), default);
        var open = await index.FindAsync("s1", default);
        await index.CloseAsync("s1", closing, default);

        Assert.Equal(Row("s1"), open);
        Assert.Equal(Row("s1") with { Closing = closing }, await index.FindAsync("s1", default));
        Assert.Null(await index.FindAsync("s2", default));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_row_that_is_added_again_is_kept_and_never_reopened(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        await index.AddAsync(Row("s1"), default);
        await index.CloseAsync("s1", SampleSession.Closing, default);

        await index.AddAsync(Row("s1") with { Connection = "another" }, default);
        await index.CloseAsync("s1", SampleSession.Closing, default);

        Assert.Equal(Row("s1") with { Closing = SampleSession.Closing }, await index.FindAsync("s1", default));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_refused_connection_is_added_closed(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        var closing = new SessionClosing(3, Ending.Refused, Refusal.TokenExpired, "an hour ago", 0, 0);
        var refused = Row("s1") with { Subject = null, Closing = closing };

        await index.AddAsync(refused, default);

        Assert.Equal(refused, await index.FindAsync("s1", default));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_session_without_a_row_cannot_be_closed_and_others_of_the_batch_can(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);

        var known = index.AddAsync(Row("s1"), default);
        var unknown = index.CloseAsync("s2", SampleSession.Closing, default);

        await known;
        await Assert.ThrowsAsync<InvalidOperationException>(() => unknown);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Every_filter_of_the_list_holds_and_the_newest_come_first(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        await index.AddAsync(Row("a") with { StartedAt = 1, Connection = "c1", NodeKey = "n1" }, default);
        await index.AddAsync(Row("b") with { StartedAt = 2, Subject = "other", NodeKey = "n1" }, default);
        var refused = new SessionClosing(4, Ending.Refused, Refusal.NotGranted, null, 0, 0);
        await index.AddAsync(Row("c") with { StartedAt = 3, Closing = refused }, default);
        await index.AddAsync(Row("d") with { StartedAt = 4, Closing = SampleSession.Closing }, default);

        async Task<string> Ids(SessionFilter filter) =>
            string.Concat((await index.ListAsync(filter, default)).Select(row => row.SessionId));

        Assert.Equal("dcba", await Ids(new SessionFilter()));
        Assert.Equal("dc", await Ids(new SessionFilter { Most = 2 }));
        Assert.Equal("a", await Ids(new SessionFilter { Connection = "c1" }));
        Assert.Equal("b", await Ids(new SessionFilter { Subject = "other" }));
        Assert.Equal("ba", await Ids(new SessionFilter { NodeKey = "n1" }));
        Assert.Equal("c", await Ids(new SessionFilter { Refusal = Refusal.NotGranted }));
        Assert.Equal("d", await Ids(new SessionFilter { Refusal = Refusal.None }));
        Assert.Equal("ba", await Ids(new SessionFilter { Open = true }));
        Assert.Equal("dc", await Ids(new SessionFilter { Open = false }));
        Assert.Equal("cb", await Ids(new SessionFilter { After = 2, Before = 4 }));
        Assert.Equal("", await Ids(new SessionFilter { Connection = "c1", NodeKey = "n2" }));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Sessions_are_found_by_where_from_how_much_and_in_which_protocol(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        await index.AddAsync(Row("a") with { ClientAddress = "192.0.2.7:1", Protocol = "tls" }, default);
        await index.AddAsync(Row("b") with { ClientAddress = "192.0.2.70:1" }, default);
        await index.AddAsync(Row("c") with { ClientAddress = "192.0.3.7:1" }, default);
        await index.AddAsync(Row("d") with { ClientAddress = "[2001:db8::7]:1", Closing = new(4, Ending.ClosedByClient, Refusal.None, null, 600, 400) }, default);

        async Task<string> Ids(SessionFilter filter) =>
            string.Concat((await index.ListAsync(filter, default)).Select(row => row.SessionId).Order());
        Task<string> From(string network) => Ids(new SessionFilter { Client = ClientNetwork.Parse(network) });

        Assert.Equal(["a", "ab", "abc", "ab", "d", "abcd", ""], await Task.WhenAll(
            From("192.0.2.7"), From("192.0.2.0/24"), From("192.0.2.0/23"), From("192.0.2.0/25"), From("2001:db8::7"), From("0.0.0.0/0"), From("192.0.2.128/25")));
        Assert.Equal("a", await Ids(new SessionFilter { Protocol = "tls" }));
        Assert.Equal("d", await Ids(new SessionFilter { LeastBytes = 1000 }));
        Assert.Equal("", await Ids(new SessionFilter { LeastBytes = 1001 }));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Sessions_are_found_by_what_the_clients_hello_looked_like_refused_ones_too(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        await index.AddAsync(Row("a") with { Ja4 = Fingerprint }, default);
        await index.AddAsync(Row("b") with { Ja4 = Fingerprint.Replace('8', '9') }, default);
        await index.AddAsync(Row("c") with { Ja4 = Fingerprint, Closing = SampleSession.Closing }, default);
        await index.AddAsync(Row("d"), default);
        await index.CloseAsync("a", SampleSession.Closing, default);

        var found = await index.ListAsync(new SessionFilter { Ja4 = Ja4Fingerprint.Parse(Fingerprint) }, default);

        Assert.Equal(["c", "a"], found.Select(row => row.SessionId));
        Assert.All(found, row => Assert.Equal(Fingerprint, row.Ja4));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_database_of_an_earlier_version_gets_its_columns_and_a_node_of_that_version_goes_on_adding_to_it(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await journal.SqlAsync("drop index gateway_sessions_ja4");
        await journal.SqlAsync("alter table gateway_sessions drop column ja4");
        await journal.SqlAsync("alter table gateway_sessions drop column operations");
        await journal.SqlAsync("drop table gateway_session_operations");
        await journal.SqlAsync(Former("before"));

        // An auditor's copy is read as it is.
        var archive = new SqlSessionArchive(JournalConnectionString.Parse(journal.ConnectionString), clusterKey: null);
        Assert.Equal(Row("before"), await archive.FindAsync("before", default));

        await Task.WhenAll(journal.Database.PrepareAsync(default), journal.Database.PrepareAsync(default));
        await journal.SqlAsync(Former("beside"));
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        await index.AddAsync(Row("after") with { Ja4 = Fingerprint }, default);

        Assert.Equal([null, null, Fingerprint], (await Task.WhenAll(Find("before"), Find("beside"), Find("after"))).Select(row => row!.Ja4));
        Assert.Equal("after", Assert.Single(await index.ListAsync(new SessionFilter { Ja4 = Ja4Fingerprint.Parse(Fingerprint) }, default)).SessionId);

        Task<SessionRow?> Find(string id) => index.FindAsync(id, default);
        static string Former(string id) =>
            $"""
            insert into gateway_sessions (session_id, connection, protocol, node_key, client_address, subject, started_at)
            values ('{id}', 'telemetry', 'mqtt', 'node1', '192.0.2.7:40112', 'münchen-42', 5)
            """;
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task The_sealers_work_is_what_is_open_on_nodes_that_are_gone_oldest_first(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        await index.AddAsync(Row("a") with { StartedAt = 3, NodeKey = "lost" }, default);
        await index.AddAsync(Row("b") with { StartedAt = 2, NodeKey = "lost" }, default);
        await index.AddAsync(Row("c") with { StartedAt = 1, NodeKey = "live" }, default);
        await index.AddAsync(Row("d") with { StartedAt = 1, NodeKey = "lost", Closing = SampleSession.Closing }, default);

        var all = await index.OpenOutsideAsync(["live", "also-live"], 10, default);
        var first = await index.OpenOutsideAsync(["live"], 1, default);

        Assert.Equal(["b", "a"], all.Select(row => row.SessionId));
        Assert.Equal(["b"], first.Select(row => row.SessionId));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Texts_a_peer_chose_fail_no_batch_and_are_found_by_what_they_were(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        string[] subjects = ["nul\0", "half\uD800", "'; drop table gateway_sessions; --", new string('ü', 60_000), "😀"];

        await Task.WhenAll(subjects.Select((subject, i) => index.AddAsync(Row($"s{i}") with { Subject = subject }, default)));

        foreach (var (i, subject) in subjects.Index())
            Assert.Equal($"s{i}", Assert.Single(await index.ListAsync(new SessionFilter { Subject = subject }, default)).SessionId);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_thousand_calls_at_once_are_all_durable_when_they_return(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);

        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => index.AddAsync(Row($"s{i}"), default))).WaitAsync(s_limit);

        Assert.Equal(1000L, await journal.SqlAsync("select count(*) from gateway_sessions"));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Disposal_commits_what_waits_and_takes_no_more(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        var waiting = Enumerable.Range(0, 500).Select(i => index.AddAsync(Row($"s{i}"), default)).ToArray();

        await index.DisposeAsync().AsTask().WaitAsync(s_limit);

        await Task.WhenAll(waiting);
        Assert.Equal(500L, await journal.SqlAsync("select count(*) from gateway_sessions"));
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => index.AddAsync(Row("late"), default));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_failure_reaches_every_caller_and_the_next_call_works_again(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        await journal.SqlAsync("alter table gateway_sessions rename to away");

        var calls = Enumerable.Range(0, 20).Select(i => index.AddAsync(Row($"s{i}"), default)).ToArray();
        foreach (var call in calls)
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => call.WaitAsync(s_limit));
        await journal.SqlAsync("alter table away rename to gateway_sessions");
        await index.AddAsync(Row("again"), default);

        Assert.Equal(1L, await journal.SqlAsync("select count(*) from gateway_sessions"));
    }

    [Fact]
    public async Task A_caller_waits_for_a_silent_database_no_longer_than_it_said()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var text = $"Host=127.0.0.1;Port={((System.Net.IPEndPoint)silent.LocalEndpoint).Port};Username=gateway;Timeout=1;SSL Mode=Disable";
        var database = JournalDatabase.Of(new JournalOptions { Provider = JournalProvider.PostgreSql, ConnectionString = text }, ".");
        await using var index = new SqlSessionIndex(database, TimeProvider.System);
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => index.AddAsync(Row("s1"), limit.Token).WaitAsync(s_limit));
        await Assert.ThrowsAnyAsync<Exception>(() => index.AddAsync(Row("s2"), default).WaitAsync(s_limit));
    }

    static SessionRow Row(string id) => new()
    {
        SessionId = id,
        Connection = "telemetry",
        Protocol = "mqtt",
        NodeKey = "node1",
        ClientAddress = "192.0.2.7:40112",
        Subject = "münchen-42",
        StartedAt = 5,
    };
}
