using Akka.Actor;
using Akka.Persistence;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Record;

/// <summary>A survivor seals what a lost node recorded from its tail on, and nothing that is forged there verifies.</summary>
[Collection(PostgresSpecs.Name)]
public sealed class RecordingTailSpec(PostgresServer server) : IDisposable
{
    const int Chunks = 300;

    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    readonly SealKey _key = SealKey.Ephemeral();

    public static TheoryData<string> Databases => TestJournal.Databases;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task However_long_a_recording_is_only_what_follows_its_last_chunk_is_replayed_and_the_seal_verifies(string database)
    {
        await using var journal = await TestJournal.CreateAsync(database, server);
        var (recorder, events) = Recording();
        events.Add(recorder.Append(SampleSession.Denied));
        await journal.PersistAsync(SampleSession.Id, events);

        var (replayed, seal) = await SealAsync(journal);

        Assert.Equal((1, (uint)Chunks, recorder.ToUpstreamBytes), (replayed, seal!.Chunks, seal.ToUpstreamBytes));
        Assert.Equal(VerificationVerdict.Verified, await VerdictAsync(journal));
    }

    [Fact]
    public async Task After_the_database_was_away_recordings_are_read_as_soon_as_they_are_written()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        var settings = JournalConfiguration.Hocon(journal.Database);

        var read = settings.GetConfig($"{RecordingTailStore.Plugin}.circuit-breaker");

        Assert.Equal(settings.GetConfig($"{JournalConfiguration.JournalPlugin}.circuit-breaker").ToString(), read.ToString());
        Assert.InRange(read.GetTimeSpan("reset-timeout"), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_last_chunk_that_is_forged_with_everything_that_follows_leads_to_a_seal_that_does_not_verify()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        var (recorder, events) = Recording();
        // By somebody who may write to the journal and makes the chain anew: chunks and bytes are missing before it.
        var forger = new SessionRecorder(SampleSession.Id);
        foreach (var e in events.Take(Chunks / 2)) forger.Recover(e);
        var forged = SampleSession.Chunk(forger, (Direction.ToUpstream, "less was said"));
        await journal.PersistAsync(SampleSession.Id, [.. events.Take(Chunks), forged]);
        await journal.SqlAsync(
            $"update {JournalDatabase.JournalTable} set message = x'{Convert.ToHexString(Relinked(events[Chunks - 1], forged))}' where sequence_number = {Chunks + 1}");

        var (_, seal) = await SealAsync(journal);

        Assert.NotEqual(recorder.Chunks, seal!.Chunks);
        Assert.Equal(VerificationVerdict.Broken, await VerdictAsync(journal));
    }

    [Fact]
    public async Task A_recording_that_lacks_an_event_before_its_last_chunk_or_whose_chunk_does_not_continue_it_is_not_sealed()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        await journal.PersistAsync(SampleSession.Id, Recording().Events);
        await journal.SqlAsync(
            $"update {JournalDatabase.JournalTable} set message = zeroblob(16) || substr(message, 17) where sequence_number = {Chunks + 1}");
        Assert.Null((await SealAsync(journal)).Seal);

        await using var other = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        await other.PersistAsync(SampleSession.Id, Recording().Events);
        await other.SqlAsync($"delete from {JournalDatabase.JournalTable} where sequence_number = 100");
        Assert.Null((await SealAsync(other)).Seal);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task However_long_a_recording_without_payload_is_nothing_of_it_is_replayed_and_the_seal_counts_every_byte(string database)
    {
        foreach (var level in (RecordingLevel[])[RecordingLevel.Metadata, RecordingLevel.Operations])
        {
            await using var journal = await TestJournal.CreateAsync(database, server);
            var (recorder, events) = Unkept(level);
            await journal.PersistAsync(SampleSession.Id, events);

            var (replayed, seal) = await SealAsync(journal);

            Assert.Equal((0, 0u), (replayed, seal!.Chunks));
            Assert.Equal((recorder.ToUpstreamBytes, recorder.ToClientBytes), (seal.ToUpstreamBytes, seal.ToClientBytes));
            Assert.Equal(VerificationVerdict.Verified, await VerdictAsync(journal));
        }
    }

    [Fact]
    public async Task Operations_after_the_tail_are_counted_on()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        var (_, events) = Unkept(RecordingLevel.Operations);
        await journal.PersistAsync(SampleSession.Id, events);
        var tail = await new RecordingTails(journal.Database).FindAsync(SampleSession.Id, default);

        var resumed = new SessionRecorder(SampleSession.Id);
        resumed.Resume(tail!);
        resumed.EncryptWith(SampleSession.Key());
        var next = resumed.Append(SampleSession.Operations);

        Assert.Equal(resumed.Events, events.Count + 1);
        Assert.Equal((uint)events.Count(e => e.Manifest == UnkeptBytes.EncryptedOperations), ((OperationsEncrypted)next.Decode()).Index);
    }

    [Fact]
    public async Task A_count_that_is_forged_where_nothing_is_replayed_leads_to_a_seal_that_does_not_verify()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        var (recorder, events) = Unkept(RecordingLevel.Metadata);
        await journal.PersistAsync(SampleSession.Id, events);
        var forged = new SessionRecorder(SampleSession.Id);
        forged.Recover(events[0]);
        var less = forged.Append(SampleSession.Counted with { ToUpstreamBytes = 1 });
        await journal.SqlAsync(
            $"update {JournalDatabase.JournalTable} set message = x'{Convert.ToHexString(less.Bytes)}' where sequence_number = 50");

        var (_, seal) = await SealAsync(journal);

        Assert.Equal(recorder.ToUpstreamBytes - SampleSession.Counted.ToUpstreamBytes + 1, seal!.ToUpstreamBytes);
        Assert.Equal(VerificationVerdict.Broken, await VerdictAsync(journal));
    }

    [Fact]
    public async Task A_recording_without_payload_that_lacks_an_event_or_of_which_one_cannot_be_read_is_not_sealed()
    {
        foreach (var damage in (string[])["delete from {0} where sequence_number = 50", "update {0} set message = zeroblob(60) where sequence_number = 50"])
        {
            await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
            await journal.PersistAsync(SampleSession.Id, Unkept(RecordingLevel.Metadata).Events);
            await journal.SqlAsync(damage.Replace("{0}", JournalDatabase.JournalTable, StringComparison.Ordinal));

            Assert.Null((await SealAsync(journal)).Seal);
        }
    }

    [Fact]
    public async Task A_short_recording_is_read_whole()
    {
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        var recorder = new SessionRecorder(SampleSession.Id);
        StoredEvent[] events = [recorder.Append(SampleSession.Opened), SampleSession.Chunk(recorder, (Direction.ToUpstream, "ask"))];
        await journal.PersistAsync(SampleSession.Id, events);

        Assert.Equal((2, 1u), (await SealAsync(journal)) is var (replayed, seal) ? (replayed, seal!.Chunks) : default);
    }

    public void Dispose() => _key.Dispose();

    static (SessionRecorder Recorder, List<StoredEvent> Events) Recording()
    {
        var recorder = new SessionRecorder(SampleSession.Id);
        List<StoredEvent> events = [recorder.Append(SampleSession.Opened)];
        for (var i = 0; i < Chunks; i++) events.Add(SampleSession.Chunk(recorder, (Direction.ToUpstream, $"piece {i}")));
        return (recorder, events);
    }

    /// <summary>A recording that keeps no payload. At level operations its last event says nothing of bytes, at level metadata it does.</summary>
    static (SessionRecorder Recorder, List<StoredEvent> Events) Unkept(RecordingLevel level)
    {
        var recorder = new SessionRecorder(SampleSession.Id);
        recorder.EncryptWith(SampleSession.Key());
        List<StoredEvent> events = [recorder.Append(SampleSession.Opened with { Level = level })];
        for (var i = 0; i < 100; i++) events.Add(recorder.Append(level == RecordingLevel.Operations ? SampleSession.Operations : SampleSession.Counted));
        if (level == RecordingLevel.Operations) events.Add(recorder.Append(SampleSession.Denied));
        return (recorder, events);
    }

    /// <summary>The event with the chain value that continues another.</summary>
    static byte[] Relinked(StoredEvent before, StoredEvent forged)
    {
        var bytes = forged.Bytes.ToArray();
        SessionChain.Next(SessionChain.ValueOf(before.Bytes), forged.Manifest, SessionChain.ContentOf(bytes), bytes.AsSpan(^SessionChain.Length..));
        return bytes;
    }

    /// <summary>How many events were replayed, and the seal; none where the recording cannot be recovered.</summary>
    async Task<(int Replayed, SessionSealed? Seal)> SealAsync(TestJournal journal)
    {
        using var system = journal.System();
        var survivor = system.ActorOf(Props.Create(() => new Survivor(_key)));
        var sealing = survivor.Ask<Sealed>("seal", s_limit);
        var first = await Task.WhenAny(sealing, survivor.WatchAsync());
        await (first == sealing ? Task.CompletedTask : system.Terminate());
        return first == sealing ? ((await sealing).Replayed, (await sealing).Seal) : (0, null);
    }

    async Task<VerificationVerdict> VerdictAsync(TestJournal journal)
    {
        var archive = new SqlSessionArchive(journal.Database, clusterKey: null);
        var result = await SessionVerification.VerifyAsync(
            SampleSession.Id, archive.ReadAsync(SampleSession.Id, default), ended: true, SealPublicKeys.FromPem(_key.PublicPem), key: null, default);
        return result.Verdict;
    }

    sealed record Sealed(int Replayed, SessionSealed Seal);

    /// <summary>Recovers and seals as a session's actor does.</summary>
    sealed class Survivor : ReceivePersistentActor
    {
        public Survivor(SealKey key)
        {
            var (recorder, replayed) = (new SessionRecorder(SampleSession.Id), 0);
            SnapshotPluginId = RecordingTailStore.Plugin;
            Recover<SnapshotOffer>(offer => recorder.Resume((RecordingTail)offer.Snapshot));
            Recover<StoredEvent>(stored =>
            {
                replayed++;
                recorder.Recover(stored);
            });
            Command<string>(_ =>
            {
                var sender = Sender;
                PersistAsync(recorder.Seal(SampleSession.Closing, "survivor", key), _ => sender.Tell(new Sealed(replayed, recorder.Sealed!)));
            });
        }

        public override string PersistenceId => SampleSession.Id;
    }
}
