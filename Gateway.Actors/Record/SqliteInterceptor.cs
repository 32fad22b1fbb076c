using System.Data.Common;
using LinqToDB.Interceptors;

namespace Gateway.Actors.Record;

/// <summary>Readies the connections that the journal plugin opens by itself.</summary>
sealed class SqliteInterceptor(SqlitePragmas pragmas) : ConnectionInterceptor
{
    /// <summary>
    /// Leaves the caller's thread. The driver is synchronous throughout, so a write would hold up the plugin's stage that gathers the
    /// next batch: nothing would be batched (measured with 64 writers: 2.6 times the throughput).
    /// </summary>
    public override async Task ConnectionOpeningAsync(
        ConnectionEventData eventData, DbConnection connection, CancellationToken cancellationToken) =>
        await Task.Run(static () => { }, CancellationToken.None).ConfigureAwait(false);

    public override void ConnectionOpened(ConnectionEventData eventData, DbConnection connection) => pragmas.Make(connection);

    public override Task ConnectionOpenedAsync(
        ConnectionEventData eventData, DbConnection connection, CancellationToken cancellationToken) =>
        pragmas.MakeAsync(connection, cancellationToken);
}
