using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Record;

[Collection(PostgresSpecs.Name)]
public sealed class SessionHistorySpec(PostgresServer server)
{
    const string First = "t13d1516h2_8daaf6152771_e5627efa2ab1";
    const string Second = "t12d0909ht_aaaaaaaaaaaa_bbbbbbbbbbbb";

    static readonly HistoryQuestion s_question = new("sensor-7", "telemetry", Since: 1_000, Before: 2_000);

    public static TheoryData<string> Databases => TestJournal.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Fingerprints_are_counted_and_the_largest_ended_session_is_found(string database)
    {
        var history = await AskedAsync(
            database,
            Row("a", 1_000) with { Ja4 = First, Closing = Ended(1_500, 10, 20) },
            Row("b", 1_001) with { Ja4 = First, Closing = Ended(1_002, 400, 1) },
            Row("c", 1_999) with { Ja4 = Second },
            Row("d", 1_200));

        Assert.Equal([(First, 2L), (Second, 1L)], history.Fingerprints.Select(f => (f.Key, f.Value)).OrderByDescending(f => f.Value));
        Assert.Equal(new SessionVolumes(Ended: 2, Most: 401), history.Volumes);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_is_no_earlier_session_of_that_subject_there_does_not_count(string database)
    {
        var ended = Ended(2_500, 9_000, 0);

        var history = await AskedAsync(
            database,
            Row("itself", 2_000) with { Ja4 = First, Closing = ended },
            Row("later", 2_001) with { Ja4 = First, Closing = ended },
            Row("long ago", 999) with { Ja4 = First, Closing = ended },
            Row("of another", 1_500) with { Subject = "sensor-8", Ja4 = First, Closing = ended },
            Row("of nobody", 1_500) with { Subject = null, Ja4 = First, Closing = ended },
            Row("elsewhere", 1_500) with { Connection = "maintenance", Ja4 = First, Closing = ended },
            // Somebody with its password may have tried before.
            Row("refused", 1_500) with { Ja4 = First, Closing = new(1_500, Ending.Refused, Refusal.TooManyOfSubject, null, 0, 0) });

        Assert.Empty(history.Fingerprints);
        Assert.Equal(new SessionVolumes(Ended: 0, Most: 0), history.Volumes);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Of_many_sessions_the_last_count(string database)
    {
        var ended = Enumerable.Range(0, SessionHistory.MostEnded + 5)
            .Select(i => Row($"s{i}", 1_100 + i) with { Ja4 = First, Closing = Ended(1_900, i < 5 ? 1_000_000 : i, 0) });

        var history = await AskedAsync(database, [.. ended]);

        Assert.Equal(SessionHistory.MostEnded + 5L, history.Fingerprints[First]);
        Assert.Equal(new SessionVolumes(SessionHistory.MostEnded, SessionHistory.MostEnded + 4), history.Volumes);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Where_the_subjects_other_open_sessions_come_from_is_told_to_whom_asks(string database)
    {
        SessionRow[] rows =
        [
            Row("itself", 2_000) with { ClientAddress = "192.0.2.1:1" },
            Row("a", 1_000) with { ClientAddress = "192.0.2.2:2" },
            // A node whose clock is ahead.
            Row("b", 2_001) with { ClientAddress = "[2001:db8::3]:3" },
            Row("over", 1_500) with { Closing = Ended(1_600, 1, 1) },
            Row("long ago", 999),
            Row("of another", 1_500) with { Subject = "sensor-8" },
            Row("elsewhere", 1_500) with { Connection = "maintenance" },
        ];

        var asked = await AskedAsync(database, s_question with { Beside = "itself" }, rows);

        Assert.Equal(["192.0.2.2:2", "[2001:db8::3]:3"], asked.Beside.Order(StringComparer.Ordinal));
        Assert.Equal(new SessionVolumes(Ended: 1, Most: 2), asked.Volumes);
        Assert.Empty((await AskedAsync(database, rows)).Beside);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_subject_is_found_by_what_the_index_keeps_of_its_name(string database)
    {
        var name = "half\uD800" + new string('ü', 60_000);

        var history = await AskedAsync(database, s_question with { Subject = name }, Row("a", 1_000) with { Subject = name, Ja4 = First });

        Assert.Equal(1L, history.Fingerprints[First]);
    }

    Task<SessionHistory> AskedAsync(string database, params SessionRow[] rows) => AskedAsync(database, s_question, rows);

    async Task<SessionHistory> AskedAsync(string database, HistoryQuestion question, params SessionRow[] rows)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        await Task.WhenAll(rows.Select(row => index.AddAsync(row, default)));
        return await index.HistoryAsync(question, default);
    }

    static SessionClosing Ended(long at, long up, long down) => new(at, Ending.ClosedByClient, Refusal.None, null, up, down);

    static SessionRow Row(string id, long startedAt) =>
        MemoryArchive.SampleRow(ended: false) with { SessionId = id, Subject = "sensor-7", StartedAt = startedAt };
}
