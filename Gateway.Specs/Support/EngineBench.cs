using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Tls;
using Gateway.Actors.Tls.OpenSsl;

namespace Gateway.Specs.Support;

/// <summary>Two engines face to face on loopback, with a certificate for <c>localhost</c> and terms that a spec can bend.</summary>
public sealed class EngineBench(string server, string client) : IDisposable
{
    readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));
    readonly List<IDisposable> _owned = [];

    public TestCertificates Authority { get; } = new();

    public CancellationToken Deadline => _deadline.Token;

    public ITlsEngine Server { get; } = Engine(server);

    public ITlsEngine Client { get; } = Engine(client);

    /// <summary>What the judges of both sides were asked, in order.</summary>
    public List<CertificateFault> Judged { get; } = [];

    public static ITlsEngine Engine(string name, TicketKeyRing? tickets = null) => name switch
    {
        "openssl" => new OpenSslEngine(tickets ?? new TicketKeyRing(TimeProvider.System), TlsPolicy.Suites),
        "sslstream" => new SslStreamEngine(),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    public SslServerAuthenticationOptions ServerTerms() => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(Authority.Server(), additionalCertificates: null, offline: true),
        EnabledSslProtocols = SslProtocols.Tls13,
        AllowRenegotiation = false,
        CertificateChainPolicy = Policy(Purposes.Client),
    };

    public SslClientAuthenticationOptions ClientTerms() => new()
    {
        TargetHost = "localhost",
        EnabledSslProtocols = SslProtocols.Tls13,
        AllowRenegotiation = false,
        CertificateChainPolicy = Policy(Purposes.Server),
        RemoteCertificateValidationCallback = Judge,
    };

    public X509ChainPolicy Policy(System.Security.Cryptography.Oid purpose) =>
        CertificateJudge.PolicyFor(Authority.Authorities, purpose, TimeProvider.System.GetUtcNow(), X509RevocationMode.NoCheck);

    /// <summary>A judge that only looks at the chain; a missing certificate is good enough.</summary>
    public bool Judge(object sender, X509Certificate? sent, X509Chain? chain, SslPolicyErrors errors)
    {
        var fault = chain is null ? CertificateFault.None : CertificateJudge.Judge(chain).Fault;
        lock (Judged) Judged.Add(fault);
        return fault == CertificateFault.None;
    }

    public async Task<(TlsLeg Server, TlsLeg Client)> MeetAsync(
        Action<SslServerAuthenticationOptions>? bendServer = null, Action<SslClientAuthenticationOptions>? bendClient = null)
    {
        var pair = await ConnectAsync();
        var (server, client) = (AcceptAsync(pair.Server, bendServer), DialAsync(pair.Client, bendClient));
        return (await server, await client);
    }

    public async Task<LoopbackPair> ConnectAsync() => Own(await LoopbackPair.ConnectAsync());

    public Task<TlsLeg> AcceptAsync(Socket socket, Action<SslServerAuthenticationOptions>? bend = null, CancellationToken? cancel = null)
    {
        var terms = ServerTerms();
        bend?.Invoke(terms);
        return OwnAsync(Server.AcceptAsync(socket, Own(new PeekableStream(Server.Wire(socket), 1024)), terms, LegRules.None, cancel ?? Deadline));
    }

    public Task<TlsLeg> DialAsync(
        Socket socket, Action<SslClientAuthenticationOptions>? bend = null, CancellationToken? cancel = null, LegRules? rules = null)
    {
        var terms = ClientTerms();
        bend?.Invoke(terms);
        return OwnAsync(Client.ConnectAsync(socket, terms, rules ?? LegRules.None, beside: null, cancel ?? Deadline));
    }

    public T Own<T>(T owned)
        where T : IDisposable
    {
        lock (_owned) _owned.Add(owned);
        return owned;
    }

    public void Dispose()
    {
        foreach (var owned in Enumerable.Reverse(_owned)) owned.Dispose();
        _deadline.Dispose();
        Authority.Dispose();
    }

    async Task<TlsLeg> OwnAsync(Task<TlsLeg> handshake)
    {
        var leg = await handshake;
        Own(leg.Stream);
        return leg;
    }
}
