using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Actors.Replay;

namespace Gateway.Cli;

/// <summary>Where sessions are read: through a node's admin API, or straight from the journal, which needs no node to be up.</summary>
public sealed class ArchiveSource : IDisposable
{
    ArchiveSource(ISessionArchive archive, AdminClient? node) => (Archive, Node) = (archive, node);

    public ISessionArchive Archive { get; }

    /// <summary>Null when the journal is read itself.</summary>
    public AdminClient? Node { get; }

    public static ArchiveSource Of(AdminClient node) => new(new HttpSessionArchive(node), node);

    /// <summary>
    /// Opens a journal for reading alone. Without the cluster's key what is encrypted stays closed. Throws <see cref="JournalUnavailableException"/>.
    /// </summary>
    public static async Task<ArchiveSource> OfJournalAsync(string journal, ClusterKey? clusterKey, CancellationToken cancel)
    {
        var database = JournalConnectionString.Parse(journal);
        await database.RequireTablesAsync(cancel);
        return new ArchiveSource(new SqlSessionArchive(database, clusterKey), null);
    }

    public void Dispose() => Node?.Dispose();
}
