using Gateway.Actors.Record;
using Gateway.Cli;
using Gateway.Specs.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>An auditor needs no node: the journal, a public key and the <c>gateway</c> command are enough.</summary>
public sealed class AuditorSpec : IDisposable
{
    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");

    [Fact]
    public async Task The_journal_alone_lists_replays_and_verifies_and_a_changed_byte_is_found()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, upstream.Port);
        await using (var client = await TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, _clients.Client("camera-17")))
        {
            await client.WriteAsync("what was said"u8.ToArray());
            await client.ShutdownAsync();
            await TlsClient.ReadToEndAsync(client);
        }

        var session = (await node.EndedAsync()).SessionId;
        var data = node.Opened.Options.Node.DataDirectory;
        var (journal, key) = (Path.Combine(data, "journal.db"), Path.Combine(data, "seal.pub"));

        var listed = await GatewayAsync("sessions", "list", "--journal", journal);
        var replayed = await GatewayAsync("sessions", "replay", session, "--journal", journal, "--cluster-key", Path.Combine(data, "cluster.key"));
        var verified = await GatewayAsync("sessions", "verify", "--all", "--journal", journal, "--key", key);
        await ChangeAsync(journal, session);
        var changed = await GatewayAsync("sessions", "verify", session, "--journal", journal, "--key", key);

        Assert.True(listed.Code == ExitCode.Ok && listed.Output.Contains(session, StringComparison.Ordinal), listed.Output);
        Assert.Contains("what was said", replayed.Output, StringComparison.Ordinal);
        Assert.True(verified.Code == ExitCode.Ok && verified.Output.Contains("1 sound, 0 not sound", StringComparison.Ordinal), verified.Output);
        Assert.Equal(ExitCode.Failed, changed.Code);
        Assert.Contains($"{session}  broken  event 3, byte", changed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_key_that_sealed_or_with_another_nothing_is_called_verified()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, upstream.Port);
        await using (var client = await TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, _clients.Client("camera-17")))
            await client.ShutdownAsync();
        await node.EndedAsync();
        var journal = Path.Combine(node.Opened.Options.Node.DataDirectory, "journal.db");
        using var other = SealKey.Ephemeral();
        var key = Path.Combine(node.Opened.Options.Node.DataDirectory, "other.pub");
        await File.WriteAllTextAsync(key, other.PublicPem);

        var without = await GatewayAsync("sessions", "verify", "--all", "--journal", journal);
        var foreign = await GatewayAsync("sessions", "verify", "--all", "--journal", journal, "--key", key);

        Assert.Equal(ExitCode.Usage, without.Code);
        Assert.Equal(ExitCode.Failed, foreign.Code);
        Assert.Contains("unknown-key", foreign.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_session_is_followed_within_a_second_from_its_history_to_its_end()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, upstream.Port);
        await using var client = await TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, _clients.Client("camera-17"));
        await client.WriteAsync("history, "u8.ToArray());
        await client.ReadExactlyAsync(new byte[9]);
        var data = node.Opened.Options.Node.DataDirectory;
        var journal = Path.Combine(data, "journal.db");
        var listed = "";
        await Eventually.AssertAsync(async () =>
        {
            listed = (await GatewayAsync("sessions", "list", "--open", "--journal", journal)).Output;
            Assert.Contains("camera-17", listed, StringComparison.Ordinal);
        });
        var session = listed.Split('\n')[1].Split(' ')[0];

        using var bytes = new MemoryStream();
        var following = CommandLine.RunAsync(
            ["sessions", "tail", session, "--journal", journal, "--cluster-key", Path.Combine(data, "cluster.key"), "--direction", "to-client", "--output", "-"],
            new CliOutput(TextWriter.Null, TextWriter.Null, raw: Stream.Synchronized(bytes)), _ => null);
        await Eventually.TrueAsync(() => bytes.Length == 9);
        await client.WriteAsync("present"u8.ToArray());
        await client.ReadExactlyAsync(new byte[7]);
        await Eventually.TrueAsync(() => bytes.Length == 16);
        await client.ShutdownAsync();

        Assert.Equal(ExitCode.Ok, await following.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("history, present", System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
    }

    public void Dispose()
    {
        _clients.Dispose();
        _upstreams.Dispose();
    }

    static async Task<(int Code, string Output)> GatewayAsync(params string[] command)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(command, new CliOutput(output, errors), _ => null);
        return (code, $"{output}{errors}");
    }

    /// <summary>One bit of the recorded traffic, as somebody with access to the database would.</summary>
    static async Task ChangeAsync(string journal, string session)
    {
        await using var connection = new SqliteConnection($"Data Source={journal}");
        await connection.OpenAsync();
        await using var read = connection.CreateCommand();
        read.CommandText = $"select message from {JournalDatabase.JournalTable} where persistence_id = @session and sequence_number = 3";
        read.Parameters.AddWithValue("@session", session);
        var message = (byte[])(await read.ExecuteScalarAsync())!;
        message[message.Length / 2] ^= 1;
        await using var write = connection.CreateCommand();
        write.CommandText = $"update {JournalDatabase.JournalTable} set message = @message where persistence_id = @session and sequence_number = 3";
        write.Parameters.AddWithValue("@session", session);
        write.Parameters.AddWithValue("@message", message);
        await write.ExecuteNonQueryAsync();
    }
}
