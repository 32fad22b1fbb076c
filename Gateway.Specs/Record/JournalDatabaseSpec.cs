using System.Net;
using System.Net.Sockets;
using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Record;

[Collection(PostgresSpecs.Name)]
public sealed class JournalDatabaseSpec(PostgresServer server) : IDisposable
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    readonly string _directory = Directory.CreateTempSubdirectory("gateway-journal-").FullName;

    [Fact]
    public async Task Without_a_connection_string_the_journal_is_a_file_in_the_data_directory_readable_by_its_owner_alone()
    {
        var data = Path.Combine(_directory, "data");

        await JournalDatabase.Of(new JournalOptions(), data).PrepareAsync(default);

        var file = Path.Combine(data, "journal.db");
        Assert.True(File.Exists(file));
        if (!OperatingSystem.IsWindows())
            Assert.Equal((OwnerOnly, OwnerOnly), (File.GetUnixFileMode(file), File.GetUnixFileMode(file + "-wal")));
    }

    [Fact]
    public async Task Every_connection_to_a_file_is_set_up_alike_new_ones_and_those_of_the_pool()
    {
        var journal = JournalDatabase.Of(new JournalOptions(), _directory);
        await journal.PrepareAsync(default);

        for (var i = 0; i < 2; i++)
        {
            await using var first = await journal.OpenAsync(default);
            await using var second = await journal.OpenAsync(default);
            foreach (var connection in new[] { first, second })
            {
                Assert.Equal(5000L, await AskAsync(connection, "pragma busy_timeout"));
                Assert.Equal(2L, await AskAsync(connection, "pragma synchronous"));
                Assert.Equal(64L * 1024 * 1024, await AskAsync(connection, "pragma journal_size_limit"));
            }
        }

        static async Task<object?> AskAsync(System.Data.Common.DbConnection connection, string sql)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            return await command.ExecuteScalarAsync();
        }
    }

    [Fact]
    public async Task A_journal_open_to_everybody_is_refused_with_the_command_that_mends_it()
    {
        var file = Path.Combine(_directory, "journal.db");
        File.WriteAllBytes(file, []);
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(file, OwnerOnly | UnixFileMode.OtherRead);

        var fault = await Assert.ThrowsAsync<JournalUnavailableException>(() => Sqlite($"Data Source={file}").PrepareAsync(default));

        Assert.Equal($"The journal {file} can be read or written by everybody; run: chmod o-rw {file}.", fault.Message);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_named_with_the_fault()
    {
        var file = Path.Combine(_directory, "journal.db");
        File.WriteAllText(file, new string('x', 4096));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, OwnerOnly);

        var fault = await Assert.ThrowsAsync<JournalUnavailableException>(() => Sqlite($"Data Source={file}").PrepareAsync(default));

        Assert.StartsWith($"The journal {file} cannot be prepared (SQLite Error 26", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=file:journal.db?mode=memory")]
    [InlineData("Data Source=journal;Mode=Memory")]
    [InlineData("nonsense")]
    [InlineData("")]
    public void A_SQLite_journal_that_would_not_outlive_the_process_is_refused(string text) =>
        Assert.Throws<JournalUnavailableException>(() => Sqlite(text));

    [Fact]
    public async Task A_server_that_is_not_there_is_named_and_the_password_is_not()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();

        var database = PostgreSql($"Host=127.0.0.1;Port={port};Username=gateway;Password=s3cret;Database=audit");
        var fault = await Assert.ThrowsAsync<JournalUnavailableException>(() => database.PrepareAsync(default));

        var start = $"The journal postgresql://gateway@127.0.0.1:{port}/audit cannot be prepared (";
        Assert.StartsWith(start, fault.Message, StringComparison.Ordinal);
        Assert.Contains("refused", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault.ToString(), StringComparison.Ordinal);
    }

    [RequiresFact("postgres")]
    public async Task A_database_that_is_not_there_is_named()
    {
        var text = await server.DatabaseAsync() + "-absent";

        var fault = await Assert.ThrowsAsync<JournalUnavailableException>(() => PostgreSql(text).PrepareAsync(default));

        Assert.Contains("does not exist); check server, database, credentials", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_string_that_cannot_be_read_is_refused_without_being_quoted()
    {
        var fault = Assert.Throws<JournalUnavailableException>(() => PostgreSql("Host=db;Pasword=s3cret"));

        Assert.DoesNotContain("s3cret", fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "", false)]
    [InlineData(false, ";SSL Mode=Prefer", true)]
    [InlineData(true, "", true)]
    public async Task A_server_across_a_network_gets_no_plaintext_unless_somebody_writes_so(bool local, string more, bool goesOn)
    {
        // The machine's name leads here too, but does not say so.
        using var plain = new TcpListener(IPAddress.Any, 0);
        plain.Start();
        var (host, port) = (local ? "localhost" : Dns.GetHostName(), ((IPEndPoint)plain.LocalEndpoint).Port);
        var database = PostgreSql($"Host={host};Port={port};Username=gateway;Timeout=2{more}");

        var prepared = database.PrepareAsync(default);
        using var client = await plain.AcceptTcpClientAsync().WaitAsync(s_limit);
        await client.GetStream().ReadExactlyAsync(new byte[8]).AsTask().WaitAsync(s_limit);
        client.GetStream().WriteByte((byte)'N');
        var follows = await client.GetStream().ReadAsync(new byte[8]).AsTask().WaitAsync(s_limit);

        Assert.Equal(goesOn, follows > 0);
        client.Close();
        await Assert.ThrowsAsync<JournalUnavailableException>(() => prepared.WaitAsync(s_limit));
    }

    [Fact]
    public async Task A_connection_string_file_is_read()
    {
        var secret = Path.Combine(_directory, "connection");
        var file = Path.Combine(_directory, "elsewhere.db");
        File.WriteAllText(secret, $"Data Source={file}\n");

        var database = JournalDatabase.Of(new JournalOptions { ConnectionStringFile = secret }, _directory);
        await database.PrepareAsync(default);

        Assert.Equal(file, database.Place);
        Assert.True(File.Exists(file));
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }

    static JournalDatabase Sqlite(string text) => JournalDatabase.Of(new JournalOptions { ConnectionString = text }, ".");

    static JournalDatabase PostgreSql(string text) =>
        JournalDatabase.Of(new JournalOptions { Provider = JournalProvider.PostgreSql, ConnectionString = text }, ".");
}
