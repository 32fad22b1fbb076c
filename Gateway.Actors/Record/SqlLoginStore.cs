using Gateway.Actors.Identify.Saml;

namespace Gateway.Actors.Record;

/// <summary>In the journal's database, which the cluster shares: a primary key decides who was first.</summary>
public sealed class SqlLoginStore(JournalDatabase database, TimeProvider time) : ILoginStore
{
    const string Table = JournalDatabase.LoginTable;

    /// <summary>
    /// How long what has expired is kept: whoever sweeps may have a clock that is ahead, and what another node still takes for good must not be forgotten.
    /// Origin: more than a clock is off that mistakes its time zone.
    /// </summary>
    static readonly TimeSpan s_kept = TimeSpan.FromDays(1);

    /// <summary>A person's browser waits.</summary>
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    public async Task<bool> SpendAsync(string id, DateTimeOffset until, CancellationToken cancel) => await InsertAsync(id, null, until, cancel) == 1;

    public async Task KeepAsync(string id, string content, DateTimeOffset until, CancellationToken cancel)
    {
        if (await InsertAsync(id, content, until, cancel) != 1) throw new InvalidOperationException("The id of what is kept is not new.");
    }

    public async Task<string?> TakeAsync(string id, CancellationToken cancel)
    {
        using var limit = Limit(cancel);
        await using var connection = await database.OpenAsync(limit.Token);
        var find = new SqlStatement($"select content from {Table} where id = @id and expires_at > @now", ("@id", id), ("@now", Now));
        if (await find.ScalarAsync(connection, limit.Token) is not string content) return null;
        // Who deletes it has it.
        var affected = await database.CommitAsync([new SqlStatement($"delete from {Table} where id = @id", ("@id", id))], limit.Token);
        return affected[0] == 1 ? content : null;
    }

    long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    async Task<int> InsertAsync(string id, string? content, DateTimeOffset until, CancellationToken cancel)
    {
        using var limit = Limit(cancel);
        const string columns = "(id, content, expires_at) values (@id, @content, @until)";
        var affected = await database.CommitAsync(
            [
                new SqlStatement($"delete from {Table} where expires_at <= @then", ("@then", Now - (long)s_kept.TotalMilliseconds)),
                new SqlStatement(
                    $"insert into {Table} {columns} on conflict (id) do nothing", ("@id", id), ("@content", content), ("@until", until.ToUnixTimeMilliseconds())),
            ],
            limit.Token);
        return affected[1];
    }

    CancellationTokenSource Limit(CancellationToken cancel)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(s_limit);
        return limit;
    }
}
