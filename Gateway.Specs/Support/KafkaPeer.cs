using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Specs.Support;

/// <summary>A client of a spec's own, logged in to a node: asks in whichever version the spec wants, and reads what it is told.</summary>
sealed class KafkaPeer : IAsyncDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    readonly SslStream _stream;

    KafkaPeer(SslStream stream) => _stream = stream;

    public static async Task<KafkaPeer> LogInAsync(TestNode node, string token)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", node.Address("events").Port);
        var stream = new SslStream(tcp.GetStream());
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(node.AuthorityFile);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = trust });
        var peer = new KafkaPeer(stream);
        var (choose, prove) = (KafkaApi.All[KafkaSasl.Handshake].Request(1), KafkaApi.All[KafkaSasl.Authenticate].Request(2));
        await peer.AskAsync(choose, new StructValue(choose.Body).With("Mechanism", "PLAIN"));
        await peer.AskAsync(prove, new StructValue(prove.Body).With("AuthBytes", Encoding.UTF8.GetBytes($"\0me\0{token}")));
        return peer;
    }

    /// <summary>The answer, in the request's version.</summary>
    public async Task<StructValue> AskAsync(MessageLayout layout, StructValue request)
    {
        await _stream.WriteAsync(KafkaFrame.Request(layout, 7, request));
        var frame = await KafkaWire.FrameAsync(_stream).WaitAsync(s_patience) ?? throw new InvalidDataException($"{layout}: no answer");
        return KafkaWire.Response(KafkaApi.All[layout.Key].Response(layout.Version), frame);
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
