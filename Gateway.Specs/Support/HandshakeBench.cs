using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Accept;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Tls;
using Xunit;

namespace Gateway.Specs.Support;

/// <summary>
/// A gateway's side of handshakes on loopback, with a certificate for <c>localhost</c>. Every handshake that is refused is checked to
/// have released its socket.
/// </summary>
public sealed class HandshakeBench(string engine = "sslstream") : IDisposable
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    readonly ITlsEngine _engine = EngineBench.Engine(engine);
    readonly CancellationTokenSource _deadline = new(s_patience);
    readonly List<IDisposable> _owned = [];
    FixedCertificates? _node;

    public TestCertificates Authority { get; } = new();

    FixedCertificates Node => _node ??= new(Authority.Server(), Authority.Authorities);

    /// <summary>What certificate authorities are to validate.</summary>
    public PendingChallenges Challenges { get; } = new(TimeProvider.System);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What one address may cost.</summary>
    public AddressLimits Addresses { get; set; } = new(new LimitOptions(), TimeProvider.System);

    public CancellationToken Deadline => _deadline.Token;

    /// <summary>The gateway's handshake with whatever the other end of <paramref name="pair"/> sends.</summary>
    public async Task<ClientHandshake> SecureAsync(LoopbackPair pair, ConnectionProfile profile, CancellationToken? cancel = null)
    {
        _owned.Add(pair);
        var accepted = new AcceptedConnection(pair.Server, profile, (IPEndPoint)pair.Server.RemoteEndPoint!);
        var handshake = await ServerHandshake.SecureAsync(accepted, Addresses, _engine, Node, Challenges, NoRevocation.Asked, Time, cancel ?? Deadline);
        if (handshake.Verdict.IsGranted) _owned.Add(handshake.Verdict.Value);
        Assert.Equal(!handshake.Verdict.IsGranted, pair.Server.SafeHandle.IsClosed);
        return handshake;
    }

    /// <summary>The gateway's handshake with whoever connected.</summary>
    public Task<ClientHandshake> SecureAsync(Socket socket, ConnectionProfile profile) => ServerHandshake.SecureAsync(
        new AcceptedConnection(socket, profile, (IPEndPoint)socket.RemoteEndPoint!), Addresses, _engine, Node, Challenges, NoRevocation.Asked, Time, Deadline);

    /// <summary>A handshake with a well-behaved client; its stream is null when it was told off during the handshake.</summary>
    public async Task<(ClientHandshake Gateway, SslStream? Client)> MeetAsync(
        ConnectionProfile profile, Action<SslClientAuthenticationOptions>? bend = null, Func<Stream, Stream>? wire = null)
    {
        var pair = await LoopbackPair.ConnectAsync();
        var gateway = SecureAsync(pair, profile);
        var network = new NetworkStream(pair.Client);
        var client = new SslStream(wire?.Invoke(network) ?? network);
        _owned.Add(client);
        var options = ClientOptions();
        bend?.Invoke(options);
        try
        {
            await client.AuthenticateAsClientAsync(options, Deadline);
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException)
        {
            pair.Client.Dispose();
            return (await gateway, null);
        }

        return (await gateway, client);
    }

    /// <summary>What the gateway makes of these first bytes, and every byte that it answers until it closes.</summary>
    public async Task<(ClientHandshake Gateway, byte[] Answer)> AnswerToAsync(byte[] firstBytes, ConnectionProfile profile)
    {
        var pair = await LoopbackPair.ConnectAsync();
        var gateway = SecureAsync(pair, profile);
        await pair.Client.SendAsync(firstBytes);
        var answer = new MemoryStream();
        await new NetworkStream(pair.Client).CopyToAsync(answer, Deadline);
        return (await gateway, answer.ToArray());
    }

    public void Dispose()
    {
        foreach (var owned in Enumerable.Reverse(_owned)) owned.Dispose();
        _deadline.Dispose();
        Authority.Dispose();
    }

    SslClientAuthenticationOptions ClientOptions()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(Authority.Authorities);
        return new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy };
    }
}
