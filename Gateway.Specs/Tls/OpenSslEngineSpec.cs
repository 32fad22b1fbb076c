using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using Gateway.Actors.Tls;
using Gateway.Actors.Tls.OpenSsl;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Tls;

/// <summary>Specs that count what the whole process holds: nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(CountsOfTheProcess), DisableParallelization = true)]
public sealed class CountsOfTheProcess;

/// <summary>What only the OpenSSL engine promises, and what it leaves behind: nothing.</summary>
[Collection(nameof(CountsOfTheProcess))]
public sealed class OpenSslEngineSpec : IDisposable
{
    readonly EngineBench _bench = new("openssl", "openssl");
    readonly SslServerAuthenticationOptions _serverTerms;

    public OpenSslEngineSpec() => _serverTerms = _bench.ServerTerms();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_connection_that_is_cut_is_told_apart_from_one_that_ended()
    {
        var pair = await _bench.ConnectAsync();
        var serving = _bench.AcceptAsync(pair.Server);
        await _bench.DialAsync(pair.Client);
        var gateway = await serving;

        pair.Client.Shutdown(SocketShutdown.Send);

        await Assert.ThrowsAsync<EndOfStreamException>(() => gateway.Stream.ReadAsync(new byte[10], _bench.Deadline).AsTask());
        await Assert.ThrowsAsync<EndOfStreamException>(() => gateway.Stream.ReadAsync(new byte[10], _bench.Deadline).AsTask());
    }

    [Fact]
    public async Task A_record_that_was_tampered_with_fails_the_connection_for_good()
    {
        var pair = await _bench.ConnectAsync();
        var serving = _bench.AcceptAsync(pair.Server);
        await _bench.DialAsync(pair.Client);
        var gateway = await serving;

        await pair.Client.SendAsync(Convert.FromHexString("1703030020" + new string('0', 64)));

        var fault = await Assert.ThrowsAsync<IOException>(() => gateway.Stream.ReadAsync(new byte[10], _bench.Deadline).AsTask());
        Assert.Contains("bad record mac", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => gateway.Stream.WriteAsync(new byte[10], _bench.Deadline).AsTask());
    }

    [Fact]
    public async Task An_empty_read_waits_for_data_and_takes_none()
    {
        var (gateway, peer) = await _bench.MeetAsync();

        var waiting = gateway.Stream.ReadAsync(Memory<byte>.Empty, _bench.Deadline).AsTask();
        Assert.False(waiting.IsCompleted);
        await peer.Stream.WriteAsync("ping"u8.ToArray(), _bench.Deadline);

        Assert.Equal(0, await waiting);
        Assert.Equal(4, await gateway.Stream.ReadAsync(new byte[10], _bench.Deadline));
    }

    [Fact]
    public async Task A_cancelled_read_leaves_the_connection_as_it_was()
    {
        var (gateway, peer) = await _bench.MeetAsync();
        using var stop = new CancellationTokenSource();
        var reading = gateway.Stream.ReadAsync(new byte[10], stop.Token).AsTask();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await peer.Stream.WriteAsync("ping"u8.ToArray(), _bench.Deadline);
        Assert.Equal(4, await gateway.Stream.ReadAsync(new byte[10], _bench.Deadline));
    }

    [Fact]
    public async Task After_a_cancelled_write_nothing_more_is_written()
    {
        var (gateway, _) = await _bench.MeetAsync();
        using var stop = new CancellationTokenSource();
        var writing = gateway.Stream.WriteAsync(new byte[64 << 20], stop.Token).AsTask();
        Assert.False(writing.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        await Assert.ThrowsAsync<IOException>(() => gateway.Stream.WriteAsync(new byte[1], _bench.Deadline).AsTask());
    }

    [Fact]
    public async Task Closing_a_connection_ends_the_read_and_the_write_that_wait_for_it()
    {
        var (gateway, _) = await _bench.MeetAsync();
        var reading = gateway.Stream.ReadAsync(new byte[10]).AsTask();
        var writing = gateway.Stream.WriteAsync(new byte[64 << 20]).AsTask();

        gateway.Stream.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writing);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => gateway.Stream.ReadAsync(new byte[10]).AsTask());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(300)]
    public async Task A_handshake_that_is_given_up_leaves_nothing_open(int sent)
    {
        var before = OpenSslEngine.Connections;
        var pair = await _bench.ConnectAsync();
        await pair.Client.SendAsync(HelloCapture.Load("curl").AsMemory(0, sent));
        using var late = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _bench.AcceptAsync(pair.Server, cancel: late.Token));

        Assert.Equal(before, OpenSslEngine.Connections);
    }

    [Fact]
    public async Task Bytes_that_were_looked_at_are_read_first()
    {
        var pair = await _bench.ConnectAsync();
        var dialling = _bench.DialAsync(pair.Client);
        var wire = _bench.Own(new PeekableStream(new NetworkStream(pair.Server), 1024));
        await wire.FillAsync(_bench.Deadline);

        var gateway = await _bench.Server.AcceptAsync(pair.Server, wire, _bench.ServerTerms(), LegRules.None, _bench.Deadline);

        Assert.Equal("TLS 1.3", _bench.Own(gateway.Stream) is OpenSslStream ? gateway.Version : null);
        Assert.Equal("TLS 1.3", (await dialling).Version);
    }

    /// <summary>Each upstream has a scope, and each login there: what is kept for them may not grow with whatever is ever dialled.</summary>
    [Fact]
    public async Task Sessions_of_1024_scopes_are_kept_to_be_resumed_and_one_more_lets_all_of_them_go()
    {
        Assert.False(await ResumesAsync(scope: 0));
        for (var other = 1; other < 1024; other++) await GiveUpAsync(other);
        Assert.True(await ResumesAsync(scope: 0));

        await GiveUpAsync(1024);

        Assert.False(await ResumesAsync(scope: 0));
    }

    /// <summary>2,000 of them; as many as <c>GATEWAY_SPEC_SESSIONS</c> says where somebody has the minutes for 100,000.</summary>
    [Fact]
    public Task Thousands_of_sessions_leave_no_connection_and_no_descriptor_behind() =>
        RunSessionsAsync(int.Parse(Environment.GetEnvironmentVariable("GATEWAY_SPEC_SESSIONS") ?? "2000", CultureInfo.InvariantCulture));

    async Task RunSessionsAsync(int sessions)
    {
        await RunSessionAsync();
        var before = (OpenSslEngine.Connections, Descriptors());

        for (var i = 0; i < sessions; i++) await RunSessionAsync();

        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(before.Connections, OpenSslEngine.Connections);
        // The runtime opens a few of its own now and then.
        Assert.InRange(Descriptors(), 0, before.Item2 + 20);
    }

    async Task RunSessionAsync()
    {
        using var pair = await LoopbackPair.ConnectAsync();
        var wire = new PeekableStream(_bench.Server.Wire(pair.Server), 1024);
        var serving = _bench.Server.AcceptAsync(pair.Server, wire, _serverTerms, LegRules.None, default);
        var client = await _bench.Client.ConnectAsync(pair.Client, _bench.ClientTerms(), LegRules.None, beside: null, default);
        var server = await serving;
        await client.Stream.WriteAsync("ping"u8.ToArray());
        await server.Stream.ReadExactlyAsync(new byte[4]);
        await ((OpenSslStream)client.Stream).ShutdownAsync();
        Assert.Equal(0, await server.Stream.ReadAsync(new byte[1]));
        client.Stream.Dispose();
        server.Stream.Dispose();
    }

    async Task<bool> ResumesAsync(int scope)
    {
        var pair = await _bench.ConnectAsync();
        var serving = _bench.AcceptAsync(pair.Server);
        var client = await _bench.DialAsync(pair.Client, rules: Under(scope));
        // The ticket for the next comes with it.
        await (await serving).Stream.WriteAsync(new byte[1], _bench.Deadline);
        await client.Stream.ReadExactlyAsync(new byte[1], _bench.Deadline);
        return client.IsResumed;
    }

    async Task GiveUpAsync(int scope)
    {
        using var pair = await LoopbackPair.ConnectAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _bench.DialAsync(pair.Client, cancel: new CancellationToken(canceled: true), rules: Under(scope)));
    }

    static LegRules Under(int scope)
    {
        var name = new byte[32];
        BitConverter.TryWriteBytes(name, scope);
        return new LegRules { Scope = name };
    }

    static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;
}
