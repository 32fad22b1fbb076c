using System.Data.Common;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Replay;

[Collection(PostgresSpecs.Name)]
public sealed class SqlSessionArchiveSpec(PostgresServer server)
{
    public static TheoryData<string> Databases => TestJournal.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_an_actor_persisted_is_read_back_and_verifies(string database)
    {
        using var key = SealKey.Ephemeral();
        using var keys = SealPublicKeys.FromPem(key.PublicPem);
        await using var journal = await TestJournal.CreateAsync(database, server);
        var recording = SampleSession.Recording(key);
        await journal.PersistAsync(SampleSession.Id, recording);
        await journal.PersistAsync("another", [recording[0]]);

        var archive = new SqlSessionArchive(journal.Database, clusterKey: null);
        var events = await archive.AllAsync(SampleSession.Id);
        var verified = await SessionVerification.VerifyAsync(
            SampleSession.Id, archive.ReadAsync(SampleSession.Id, default), true, keys, key: null, default);

        Assert.Equal(
            recording.Select((e, i) => (i + 1L, e.Manifest, Convert.ToHexString(e.Bytes))),
            events.Select(e => (e.SequenceNumber, e.Manifest, Convert.ToHexString(e.Bytes.Span))));
        Assert.Equal(VerificationVerdict.Verified, verified.Verdict);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_long_recording_is_read_whole_across_its_pages(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await journal.PersistAsync(SampleSession.Id, LongRecording(chunks: 600, bytes: 12_000));

        var events = await new SqlSessionArchive(journal.Database, clusterKey: null).AllAsync(SampleSession.Id);

        Assert.Equal(Enumerable.Range(1, 602).Select(number => (long)number), events.Select(e => e.SequenceNumber));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task An_archive_that_only_reads_sees_what_a_live_writer_adds_and_can_change_nothing(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await using var index = new SqlSessionIndex(journal.Database, TimeProvider.System);
        var offline = JournalConnectionString.Parse(journal.ConnectionString);
        var archive = new SqlSessionArchive(offline, clusterKey: null);
        await offline.RequireTablesAsync(default);

        var before = await archive.ListAsync(new SessionFilter(), default);
        await index.AddAsync(MemoryArchive.SampleRow(ended: true), default);
        await journal.PersistAsync(SampleSession.Id, LongRecording(chunks: 1, bytes: 10));

        Assert.Empty(before);
        Assert.Equal(MemoryArchive.SampleRow(ended: true), Assert.Single(await archive.ListAsync(new SessionFilter(), default)));
        Assert.Equal(3, (await archive.AllAsync(SampleSession.Id)).Count);
        await using var connection = await offline.OpenAsync(default);
        await using var command = connection.CreateCommand();
        command.CommandText = "delete from gateway_sessions";
        await Assert.ThrowsAnyAsync<DbException>(() => command.ExecuteNonQueryAsync());
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Without_a_session_there_are_no_events_and_no_row(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        var archive = new SqlSessionArchive(journal.Database, clusterKey: null);

        Assert.Empty(await archive.AllAsync("absent"));
        Assert.Empty(await archive.AllAsync("nul\0"));
        Assert.Null(await archive.FindAsync("nul\0", default));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task What_was_noticed_is_found_without_the_rest_of_the_recording(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        var recorder = new SessionRecorder(SampleSession.Id);
        var later = SampleSession.Noticed with { Kind = "of-a-later-version" };
        StoredEvent[] events =
        [
            recorder.Append(SampleSession.Opened),
            recorder.Append(SampleSession.Noticed),
            SampleSession.Chunk(recorder, (Direction.ToUpstream, "x")),
            recorder.Append(later),
        ];
        await journal.PersistAsync(SampleSession.Id, events);
        var archive = new SqlSessionArchive(journal.Database, clusterKey: null);
        ISessionArchive read = new MemoryArchive(MemoryArchive.SampleRow(ended: false), events);

        Assert.Equal([SampleSession.Noticed, later], await archive.NoticesAsync(SampleSession.Id, default));
        Assert.Equal([SampleSession.Noticed, later], await read.NoticesAsync(SampleSession.Id, default));
        Assert.Empty(await archive.NoticesAsync("nul\0", default));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_row_that_no_gateway_wrote_is_named_and_not_read(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        await journal.PersistAsync(SampleSession.Id, LongRecording(chunks: 1, bytes: 10));
        await journal.SqlAsync("update gateway_journal set identifier = 1 where sequence_number = 2");

        var fault = await Assert.ThrowsAsync<InvalidDataException>(
            () => new SqlSessionArchive(journal.Database, clusterKey: null).AllAsync(SampleSession.Id));

        Assert.Contains($"Event 2 of session {SampleSession.Id} was not written by a gateway", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_of_a_size_that_no_gateway_writes_is_not_loaded()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        await journal.PersistAsync(SampleSession.Id, LongRecording(chunks: 1, bytes: 10));
        await journal.SqlAsync($"update gateway_journal set message = zeroblob({EventFrames.EventBytes + 1}) where sequence_number = 2");

        var fault = await Assert.ThrowsAsync<InvalidDataException>(
            () => new SqlSessionArchive(journal.Database, clusterKey: null).AllAsync(SampleSession.Id));

        Assert.Contains($"holds {EventFrames.EventBytes + 1} bytes", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_without_our_tables_is_named_and_left_as_it_is()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        await journal.SqlAsync("drop table gateway_sessions");
        var before = await journal.SqlAsync("select group_concat(name) from sqlite_master where type = 'table'");

        var offline = JournalConnectionString.Parse(journal.ConnectionString);
        var fault = await Assert.ThrowsAsync<JournalUnavailableException>(() => offline.RequireTablesAsync(default));

        Assert.Equal(
            $"The journal {journal.Database.Place} has no tables gateway_journal and gateway_sessions; " +
            "name the database that a gateway node records to.",
            fault.Message);
        Assert.Equal(before, await journal.SqlAsync("select group_concat(name) from sqlite_master where type = 'table'"));
    }

    [RequiresFact("postgres")]
    public async Task A_PostgreSQL_database_without_our_tables_is_named()
    {
        var offline = JournalConnectionString.Parse(await server.DatabaseAsync());

        var fault = await Assert.ThrowsAsync<JournalUnavailableException>(() => offline.RequireTablesAsync(default));

        Assert.Contains("has no tables", fault.Message, StringComparison.Ordinal);
    }

    static List<StoredEvent> LongRecording(int chunks, int bytes)
    {
        var recorder = new SessionRecorder(SampleSession.Id);
        var noise = new byte[bytes];
        new Random(7).NextBytes(noise);
        List<StoredEvent> events = [recorder.Append(SampleSession.Opened), recorder.Append(SampleSession.Upstream)];
        for (var i = 0; i < chunks; i++)
            events.Add(SampleSession.Chunk(recorder, Direction.ToClient, noise));
        return events;
    }
}
