using Akka.Configuration;
using Akka.Hosting;
using Akka.Persistence.Sql.Config;
using static Gateway.Actors.Record.JournalDatabase;

namespace Gateway.Actors.Record;

/// <summary>
/// What an actor system needs to persist <see cref="StoredEvent"/>s in a <see cref="JournalDatabase"/>: HOCON without secrets, and a
/// setup that holds the connection. <see cref="JournalDatabase.PrepareAsync"/> comes first: the plugin makes no tables.
/// </summary>
public static class JournalConfiguration
{
    /// <summary>The write plugin, default of the system.</summary>
    public const string JournalPlugin = "akka.persistence.journal.sql";

    /// <summary>The read journal.</summary>
    public const string ReadJournalPlugin = "akka.persistence.query.journal.sql";

    /// <summary>
    /// It closes again soon: each failed write ends a session, and each failed read leaves one open, so a long memory of it only costs what a recovered
    /// database would record.
    /// </summary>
    const string Breaker = "circuit-breaker { max-failures = 5, call-timeout = 10s, reset-timeout = 5s }";

    /// <param name="builder">The actor system's.</param>
    /// <param name="database">Prepared.</param>
    /// <param name="writer">Writes the database's other rows too.</param>
    /// <param name="isNew">Whether a session begins here and now, so that nothing of it can be in the journal.</param>
    public static AkkaConfigurationBuilder WithGatewayJournal(
        this AkkaConfigurationBuilder builder, JournalDatabase database, JournalWriter writer, Func<string, bool> isNew) =>
        builder.AddHocon(Hocon(database), HoconAddMode.Prepend).AddSetup(Setup(database)).AddSetup(new SessionJournalSetup(isNew, writer))
            .AddSetup(new RecordingTailSetup(database));

    public static DataOptionsSetup Setup(JournalDatabase database) => new(database.DataOptions());

    /// <summary>
    /// The settings with a reason: small read batches because all their rows are in memory at once, no tag table and no snapshots because nobody
    /// has either, but what <see cref="RecordingTailStore"/> says is one. How the plugin itself inserts matters only where it has no
    /// <see cref="JournalWriter"/>: parameters instead of literals on inserts of several rows, COPY for any batch on PostgreSQL
    /// (<c>max-row-by-row-size</c> 0).
    /// </summary>
    public static Config Hocon(JournalDatabase database) => ConfigurationFactory.ParseString(
        $$"""
        akka.actor {
          serializers.gateway-event = "{{Name(typeof(StoredEventSerializer))}}"
          serialization-bindings."{{Name(typeof(StoredEvent))}}" = gateway-event
        }
        {{RecordingTailStore.Plugin}} {
          class = "{{Name(typeof(RecordingTailStore))}}"
          plugin-dispatcher = "akka.persistence.dispatchers.default-plugin-dispatcher"
          {{Breaker}}
        }
        akka.persistence {
          snapshot-store.plugin = "akka.persistence.no-snapshot-store"
          journal.plugin = "{{JournalPlugin}}"
          journal.sql {
            class = "{{Name(typeof(SessionJournal))}}"
            plugin-id = "{{JournalPlugin}}"
            provider-name = "{{database.ProviderName}}"
            auto-initialize = off
            tag-write-mode = Csv
            parallelism = {{database.Writers}}
            batch-size = 100
            max-row-by-row-size = 0
            prefer-parameters-on-multirow-insert = on
            replay-batch-size = 64
            default.journal { table-name = "{{JournalTable}}", use-writer-uuid-column = off }
            {{Breaker}}
          }
          query.journal.sql {
            class = "Akka.Persistence.Sql.Query.SqlReadJournalProvider, Akka.Persistence.Sql"
            plugin-id = "{{ReadJournalPlugin}}"
            write-plugin = "{{JournalPlugin}}"
            provider-name = "{{database.ProviderName}}"
            tag-read-mode = Csv
            max-buffer-size = 64
            replay-batch-size = 64
            default.journal { table-name = "{{JournalTable}}", use-writer-uuid-column = off }
          }
        }
        """);

    static string Name(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";
}
