using System.Net;
using System.Net.Sockets;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>What one client, or one address, does is not for the others to suffer.</summary>
public sealed class LimitsSpec : IAsyncLifetime, IDisposable
{
    const int Knocks = 1000;

    readonly TestCertificates _clients = new("Clients CA");
    readonly TestCertificates _upstreams = new("Upstream CA");
    TlsUpstream _upstream = null!;

    [Fact]
    public async Task An_address_that_knocks_a_thousand_times_and_says_nothing_keeps_no_other_from_its_session()
    {
        // Meters are process-wide.
        var connection = $"knocked-{Guid.NewGuid():N}"[..24];
        using var metrics = new RefusalMeter();
        await using var node = await EchoNode.StartAsync(_clients, _upstreams, _upstream.Port, connection: connection, settings:
            [("Limits:Handshakes", "16"), ("Limits:HandshakesPerAddress", "8"), ("Limits:ConnectionsPerSecondPerAddress", "50")]);
        var hostile = new List<Socket>();
        try
        {
            for (var i = 0; i < Knocks; i++) hostile.Add(await KnockAsync(node.Address(connection)));

            await using var client = await OpenAsync(node, connection);
            await client.WriteAsync("hello"u8.ToArray());
            await client.ReadExactlyAsync(new byte[5]).AsTask().WaitAsync(TimeSpan.FromSeconds(5));

            // It is not even recorded: whoever knocks would otherwise fill the journal.
            var rows = await node.Archive.ListAsync(new SessionFilter { Most = Knocks }, CancellationToken.None);
            Assert.InRange(rows.Count, 1, 200);
            Assert.Single(node.Log.Lines, line => line.Event == 205);
            Assert.InRange(metrics.Count(connection, Refusal.TooManyFromAddress), Knocks - 200, Knocks);
            Assert.Equal(0, metrics.Shed(connection));
        }
        finally
        {
            foreach (var socket in hostile) socket.Dispose();
        }
    }

    [Fact]
    public async Task A_subject_has_so_many_sessions_and_the_next_is_refused_by_name_until_one_ends()
    {
        await using var node = await StartAsync(("Limits:SessionsPerSubject", "1"));
        await using (var first = await OpenAsync(node))
        {
            await first.WriteAsync("hello"u8.ToArray());
            await first.ReadExactlyAsync(new byte[5]);
            await using var second = await OpenAsync(node);
            Assert.Empty(await TlsClient.ReadToEndAsync(second));
            var refused = await node.EndedAsync();
            Assert.Equal((Refusal.TooManyOfSubject, "camera-17"), (refused.Closing!.Refusal, refused.Subject));
        }

        await node.EndedAsync(row => row.Closing!.Refusal == Refusal.None);
        await using var third = await OpenAsync(node);
        await third.WriteAsync("hello"u8.ToArray());
        await third.ReadExactlyAsync(new byte[5]);
    }

    [Fact]
    public async Task Who_sends_faster_than_allowed_is_slowed_down_and_loses_nothing()
    {
        await using var node = await StartAsync(("Limits:BytesPerSecondPerSession", "400000"));
        await using var client = await OpenAsync(node);
        var sent = Enumerable.Range(0, 400_000).Select(i => (byte)i).ToArray();
        var began = TimeProvider.System.GetTimestamp();

        var writing = client.WriteAsync(sent).AsTask();
        var received = new byte[sent.Length];
        await client.ReadExactlyAsync(received);
        await writing;

        // Both directions count: 800,000 bytes, of which one second's worth is free, and the last read is not waited for.
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.FromSeconds(0.6), TimeSpan.FromSeconds(30));
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task All_sessions_of_a_subject_together_are_no_faster_than_allowed()
    {
        const int Sessions = 4;
        await using var node = await StartAsync(("Limits:BytesPerSecondPerSubject", "400000"));
        var clients = await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => OpenAsync(node)));
        // They carry traffic before anything is measured.
        await Task.WhenAll(clients.Select(client => EchoAsync(client, 1)));
        var began = TimeProvider.System.GetTimestamp();

        await Task.WhenAll(clients.Select(client => EchoAsync(client, 200_000)));

        // Both directions count: 400,000 bytes each, which would be free for one alone. Together they owe 3 seconds, but the last read of
        // each direction is not waited for.
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        foreach (var client in clients) await client.DisposeAsync();

        static async Task EchoAsync(Stream client, int bytes)
        {
            var writing = client.WriteAsync(new byte[bytes]).AsTask();
            await client.ReadExactlyAsync(new byte[bytes]);
            await writing;
        }
    }

    public Task InitializeAsync()
    {
        _upstream = new TlsUpstream(_upstreams.Server(), TlsUpstream.EchoAsync);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _upstream.DisposeAsync();

    public void Dispose()
    {
        _clients.Dispose();
        _upstreams.Dispose();
    }

    Task<TestNode> StartAsync(params (string, string)[] settings) => EchoNode.StartAsync(_clients, _upstreams, _upstream.Port, settings: settings);

    Task<System.Net.Security.SslStream> OpenAsync(TestNode node, string connection = "echo") => TlsClient.ConnectAsync(node.Address(connection), node.AuthorityFile, _clients.Client("camera-17"));

    static async Task<Socket> KnockAsync(IPEndPoint at)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.66"), 0));
        await socket.ConnectAsync(at).WaitAsync(TimeSpan.FromSeconds(10));
        return socket;
    }
}
