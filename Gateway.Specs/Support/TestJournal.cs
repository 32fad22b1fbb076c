using Akka.Actor;
using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Gateway.Specs.Support;

/// <summary>A prepared, empty journal in a database of its own.</summary>
public sealed class TestJournal : IAsyncDisposable
{
    public const string Sqlite = "SQLite";
    public const string PostgreSql = "PostgreSQL";

    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    readonly DirectoryInfo _directory;
    readonly Lazy<JournalWriter> _writer;

    TestJournal(JournalDatabase database, string connectionString, DirectoryInfo directory) =>
        (Database, ConnectionString, _directory, _writer) = (database, connectionString, directory, new(() => new JournalWriter(database, TimeProvider.System)));

    public JournalDatabase Database { get; }

    public string ConnectionString { get; }

    /// <summary>The writer of a node, for all its systems.</summary>
    public JournalWriter Writer => _writer.Value;

    /// <summary>The databases a theory is run on: PostgreSQL where it is installed, and in continuous integration in any case.</summary>
    public static TheoryData<string> Databases => Requirement.Unmet(["postgres"]) is null ? new(Sqlite, PostgreSql) : new(Sqlite);

    public static async Task<TestJournal> CreateAsync(string database, PostgresServer server)
    {
        var directory = Directory.CreateTempSubdirectory("gateway-journal-");
        var (provider, text) = database == PostgreSql
            ? (JournalProvider.PostgreSql, await server.DatabaseAsync())
            : (JournalProvider.Sqlite, $"Data Source={Path.Combine(directory.FullName, "journal.db")}");
        var journal = JournalDatabase.Of(new JournalOptions { Provider = provider, ConnectionString = text }, directory.FullName);
        await journal.PrepareAsync(CancellationToken.None);
        return new TestJournal(journal, text, directory);
    }

    /// <summary>Runs SQL beside the gateway's own.</summary>
    public async Task<object?> SqlAsync(string sql)
    {
        await using var connection = await Database.OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }

    /// <summary>An actor system that persists here, and takes sessions to be new as it is told.</summary>
    public ActorSystem System(Func<string, bool>? isNew = null) => System(new SessionJournalSetup(isNew ?? (static _ => false), Writer));

    public ActorSystem System(SessionJournalSetup setup) => ActorSystem.Create("specs", BootstrapSetup.Create()
        .WithConfig(JournalConfiguration.Hocon(Database).WithFallback("akka.loglevel = OFF\nakka.stdout-loglevel = OFF"))
        .And(JournalConfiguration.Setup(Database)).And(new RecordingTailSetup(Database)).And(setup));

    /// <summary>Has an actor persist the events, as a session does.</summary>
    public async Task PersistAsync(string sessionId, IReadOnlyList<StoredEvent> events)
    {
        using var system = System();
        var actor = system.ActorOf(PersistingActor.Props(sessionId));
        var persisted = await Task.WhenAll(events.Select(e => actor.Ask<Persisted>(e, s_limit)));
        Assert.Equal(events.Count, persisted[^1].SequenceNumber);
        await system.Terminate();
    }

    public async ValueTask DisposeAsync()
    {
        if (_writer.IsValueCreated) await _writer.Value.DisposeAsync();
        SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
    }
}
