using System.Security.Cryptography;
using System.Text;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Cli;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>What was said in a session can be read by who holds the cluster's key, and by nobody who has the database alone.</summary>
public sealed class EncryptedRecordingSpec : IDisposable
{
    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");

    [Fact]
    public async Task Who_has_the_journal_without_the_clusters_key_reads_nothing_of_what_was_said_and_verifies_it_all_the_same()
    {
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, upstream.Port);
        // Text that does not compress: it would lie in the file as it is.
        var said = Encoding.ASCII.GetBytes(Convert.ToHexString(RandomNumberGenerator.GetBytes(24)));

        var id = await RecordedAsync(node, said);
        var data = node.Opened.Options.Node.DataDirectory;
        foreach (var file in Directory.GetFiles(data, "journal.db*"))
            Assert.Equal(-1, (await ReadSharedAsync(file)).AsSpan().IndexOf(said));
        Assert.Equal(said, await node.ReplayAsync(id, Direction.ToUpstream));

        string[] offline = ["--journal", Path.Combine(data, "journal.db")];
        var closed = await RunAsync(["sessions", "replay", id, .. offline]);
        var opened = await RunAsync(["sessions", "replay", id, "--cluster-key", Path.Combine(data, "cluster.key"), .. offline]);
        var verified = await RunAsync(["sessions", "verify", id, "--key", Path.Combine(data, "seal.pub"), .. offline]);

        Assert.Equal((ExitCode.Failed, ExitCode.Ok, ExitCode.Ok), (closed.Code, opened.Code, verified.Code));
        Assert.Contains("name the file of the cluster's key", closed.Output, StringComparison.Ordinal);
        Assert.Contains(Encoding.ASCII.GetString(said), opened.Output, StringComparison.Ordinal);
        Assert.Contains("verified", verified.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_erased_recording_can_be_read_by_nobody_and_still_verifies_and_legal_hold_keeps_it_from_being_erased()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, upstream.Port, [issuer.Options()]);
        var id = await RecordedAsync(node, "forget me"u8.ToArray());
        var sealedKey = (await new RecordingKeys(node.Opened.Journal).FindAsync(id, default)).Bytes!;
        var (auditor, @operator) = (issuer.Mint(new TokenContent { Groups = "auditors" }), issuer.Mint(new TokenContent { Groups = "operators" }));

        await SucceedsAsync(node, auditor, "held", "sessions", "hold", id, "--reason", "case 9");
        Assert.Contains("legal hold", await FailsAsync(node, @operator, "sessions", "erase", id, "--reason", "request 12"), StringComparison.Ordinal);
        await SucceedsAsync(node, auditor, "forget me", "sessions", "replay", id);
        await SucceedsAsync(node, auditor, "not held", "sessions", "release", id, "--reason", "case closed");
        await SucceedsAsync(node, @operator, "erased at", "sessions", "erase", id, "--reason", "request 12");

        Assert.Contains("erased", await FailsAsync(node, auditor, "sessions", "replay", id), StringComparison.Ordinal);
        await SucceedsAsync(node, auditor, "verified", "sessions", "verify", id);
        await SucceedsAsync(node, auditor, "recording-erased", "audit");
        foreach (var file in Directory.GetFiles(node.Opened.Options.Node.DataDirectory, "journal.db*"))
            Assert.Equal(-1, (await ReadSharedAsync(file)).AsSpan().IndexOf(sealedKey));
    }

    [Fact]
    public async Task An_erasure_whose_node_stopped_between_the_act_and_the_deed_is_finished_by_a_node_that_runs()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, upstream.Port, [issuer.Options()]);
        var id = await RecordedAsync(node, "forget me"u8.ToArray());
        var auditor = issuer.Mint(new TokenContent { Groups = "auditors" });
        var act = SampleRegistry.Of<RecordingErased>() with { SessionId = id };
        Assert.True((await node.Services.GetRequiredService<IRegistryCommands>().ChangeAsync([act], null, default)).IsDone);
        await SucceedsAsync(node, auditor, "held", "sessions", "hold", id, "--reason", "too late");

        await Eventually.AssertAsync(async () => Assert.Null((await new RecordingKeys(node.Opened.Journal).FindAsync(id, default)).Bytes));

        await SucceedsAsync(node, auditor, "verified", "sessions", "verify", id);
        await SucceedsAsync(node, auditor, "promised it and its node did not get to it", "audit");
    }

    public void Dispose()
    {
        _clients.Dispose();
        _upstreams.Dispose();
    }

    /// <summary>Says that and hears it again; the id of the session, which has ended.</summary>
    async Task<string> RecordedAsync(TestNode node, byte[] said)
    {
        await using (var client = await TlsClient.ConnectAsync(node.Address("echo"), node.AuthorityFile, _clients.Client("camera-17")))
        {
            await client.WriteAsync(said);
            await client.ShutdownAsync();
            Assert.Equal(said, await TlsClient.ReadToEndAsync(client));
        }

        return (await node.EndedAsync()).SessionId;
    }

    static async Task SucceedsAsync(TestNode node, string token, string says, params string[] command)
    {
        var (code, output) = await node.GatewayAsync(token, command);
        Assert.True(code == ExitCode.Ok, output);
        Assert.Contains(says, output, StringComparison.Ordinal);
    }

    static async Task<string> FailsAsync(TestNode node, string token, params string[] command)
    {
        var (code, output) = await node.GatewayAsync(token, command);
        Assert.Equal(ExitCode.Failed, code);
        return output;
    }

    static async Task<(int Code, string Output)> RunAsync(string[] command)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(command, new CliOutput(output, errors), _ => null);
        return (code, $"{output}{errors}");
    }

    static async Task<byte[]> ReadSharedAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
