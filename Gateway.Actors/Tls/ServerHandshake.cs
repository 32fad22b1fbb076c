using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Accept;
using Gateway.Actors.Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls.Revocation;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Tls;

namespace Gateway.Actors.Tls;

/// <summary>
/// The TLS handshake with one client: its hello is read and judged before a byte is answered, then an engine runs within the terms of that
/// judgement. Whatever refuses, everything is released and the refusal has a name.
/// </summary>
public sealed class ServerHandshake : IDisposable
{
    readonly AcceptedConnection _accepted;
    readonly INodeCertificates _certificates;
    readonly IChallengeCertificates _challenges;
    readonly ClientCertificateCheck _check;
    readonly PeekableStream _wire;
    SslStreamCertificateContext? _challenge;
    TlsLeg? _leg;

    ServerHandshake(
        AcceptedConnection accepted, Stream wire, INodeCertificates certificates, IChallengeCertificates challenges, DateTimeOffset now)
    {
        (_accepted, _certificates, _challenges) = (accepted, certificates, challenges);
        _check = new ClientCertificateCheck(accepted.Profile.ClientTls, now);
        _wire = new PeekableStream(wire, Limits.Default.ClientHello + (accepted.Profile.ProxiesFrom.Count > 0 ? ProxyHeader.Longest : 0));
        Facts = new ClientFacts { Address = accepted.Client.ToString() };
    }

    internal ConnectionProfile Profile => _accepted.Profile;

    internal ClientFacts Facts { get; private set; }

    /// <summary>What a handshake yields that went through; throws when it did not.</summary>
    internal (Stream Stream, X509Certificate2? Certificate) Finished =>
        _leg is { Stream: var stream } && _check.Refused is null
            ? (stream, _check.Certificate)
            : throw new InvalidOperationException("The handshake is not finished.");

    /// <summary>
    /// Secures an accepted connection, which it owns from now on. Does not throw for anything that a client can do; when
    /// <paramref name="cancel"/> fires, the client was too slow.
    /// </summary>
    public static async Task<ClientHandshake> SecureAsync(
        AcceptedConnection accepted, AddressLimits addresses, ITlsEngine engine, INodeCertificates certificates, IChallengeCertificates challenges,
        CertificateRevocation revocation, TimeProvider time, CancellationToken cancel)
    {
        var handshake = new ServerHandshake(accepted, engine.Wire(accepted.Socket), certificates, challenges, time.GetUtcNow());
        var isSecured = false;
        try
        {
            var verdict = await handshake.RunAsync(addresses, engine, revocation, cancel).ConfigureAwait(false);
            isSecured = verdict.IsGranted;
            return new ClientHandshake(handshake.Facts, verdict);
        }
        finally
        {
            handshake._check.Issuer?.Dispose();
            if (!isSecured) handshake.Dispose();
        }
    }

    /// <summary>Releases everything; called unless the connection was handed on.</summary>
    public void Dispose()
    {
        _leg?.Stream.Dispose();
        _wire.Dispose();
        _check.Certificate?.Dispose();
        _accepted.Dispose();
    }

    async Task<Verdict<SecuredConnection>> RunAsync(
        AddressLimits addresses, ITlsEngine engine, CertificateRevocation revocation, CancellationToken cancel)
    {
        try
        {
            _accepted.Socket.NoDelay = true;
            var client = await ProxiedClient.FindAsync(_accepted, _wire, cancel).ConfigureAwait(false);
            if (!client.IsGranted) return new Refused(client.Refusal, client.Detail);
            Facts = Facts with { Address = client.Value.ToString() };
            // Before its handshake costs anything.
            if (!_accepted.HasPlace(client.Value.Address, addresses))
                return new Refused(Refusal.TooManyFromAddress, "its address has all the connections it may have");
            var terms = await JudgeHelloAsync(cancel).ConfigureAwait(false);
            if (!terms.Verdict.IsGranted)
            {
                await SayWhyAsync(terms.Verdict.Refusal, cancel).ConfigureAwait(false);
                return new Refused(terms.Verdict.Refusal, terms.Verdict.Detail);
            }

            if (_challenge is { } challenge) return await AnswerAsync(challenge, terms.Verdict.Value, engine, cancel).ConfigureAwait(false);
            var own = _certificates.Find(Profile.ClientTls.Certificate);
            if (!own.IsGranted)
            {
                await SayWhyAsync(own.Refusal, cancel).ConfigureAwait(false);
                return new Refused(own.Refusal, own.Detail);
            }

            var options = OptionsFor(own.Value, terms.Verdict.Value, terms.Hello!, engine);
            var rules = RulesOf(Profile) with { Staple = revocation.Staples.Current(own.Value) };
            _leg = await engine.AcceptAsync(_accepted.Socket, _wire, options, rules, cancel).ConfigureAwait(false);
            LearnCertificate();
            if (_leg.PeerSha256 != Facts.CertificateSha256)
                return new Refused(Refusal.ClientCertificateUntrusted, "the certificate that was judged is not the one the client proved to hold");
            Facts = Facts with { TlsVersion = _leg.Version, TlsSuite = _leg.Suite, IsResumed = _leg.IsResumed };
            if (await RevokedAsync(revocation, cancel).ConfigureAwait(false) is { } revoked) return revoked;
            return new SecuredConnection(this);
        }
        catch (Exception fault) when (TlsFacts.IsPeersDoing(fault))
        {
            LearnCertificate();
            return Explain(fault, cancel);
        }
    }

    // Not a client: refused whatever comes of it, so that no session begins and nothing is read or written after the handshake.
    async Task<Refused> AnswerAsync(SslStreamCertificateContext challenge, TlsTerms terms, ITlsEngine engine, CancellationToken cancel)
    {
        _leg = await engine.AcceptAsync(_accepted.Socket, _wire, TlsAlpn01.OptionsFor(challenge, terms), LegRules.None, cancel).ConfigureAwait(false);
        Facts = Facts with { TlsVersion = _leg.Version, TlsSuite = _leg.Suite };
        return new(Refusal.ChallengeAnswered, $"{Facts.ServerName} is being validated");
    }

    // The handshake is over for the client, and nothing it says is read before this.
    async Task<Refused?> RevokedAsync(CertificateRevocation revocation, CancellationToken cancel)
    {
        if (_check.Certificate is not { } certificate) return null;
        var rules = Profile.ClientTls.Revocation;
        return await revocation.ObjectionAsync(certificate, _check.Issuer, rules, Profile.Name, cancel).ConfigureAwait(false) is { } found
            ? found.OfClient()
            : null;
    }

    async Task<(Verdict<TlsTerms> Verdict, ClientHello? Hello)> JudgeHelloAsync(CancellationToken cancel)
    {
        while (true)
        {
            var read = ClientHello.Read(_wire.Peeked, Limits.Default);
            if (read.Hello is { } hello)
            {
                Facts = Facts with { Offered = hello.Offered, ServerName = hello.ServerName, Offer = hello.Offer };
                if (!TlsAlpn01.IsAsked(hello)) return (TlsPolicy.Judge(hello, Profile.ClientTls), hello);
                _challenge = _challenges.Find(hello.ServerName);
                return (TlsAlpn01.Judge(hello, _challenge is not null), hello);
            }

            if (read.Refusal != Refusal.None) return (new Refused(read.Refusal, read.Detail!), null);
            if (!await _wire.FillAsync(cancel).ConfigureAwait(false))
                return (new Refused(Refusal.TlsHandshakeFailed, "the client left before its hello was whole"), null);
        }
    }

    static LegRules RulesOf(ConnectionProfile profile) => TlsPolicy.LegRulesOf(profile.ClientTls.Rules) with { Scope = ResumptionScope.Of(profile) };

    SslServerAuthenticationOptions OptionsFor(SslStreamCertificateContext own, TlsTerms terms, ClientHello hello, ITlsEngine engine) => new()
    {
        ServerCertificateContext = own,
        EnabledSslProtocols = terms.Version,
        CipherSuitesPolicy = terms.Suites,
        AllowRenegotiation = false,
        // A resumed handshake brings no certificate: what was judged once may be expired or revoked since.
        AllowTlsResume = !_check.IsAsked || engine.JudgesResumed,
        // A protocol's name here is its registered ALPN name. Other offers stay unanswered rather than refused: ALPN proves nothing.
        ApplicationProtocols = hello.Alpn.Contains(Profile.Protocol.Name) ? [new SslApplicationProtocol(Profile.Protocol.Name)] : null,
        ClientCertificateRequired = _check.IsAsked,
        CertificateChainPolicy = _check.Policy(),
        RemoteCertificateValidationCallback = _check.IsAsked ? _check.Judge : null,
    };

    /// <summary>A courtesy: the refusal stands and is recorded whether or not the client is still there to hear of it.</summary>
    async Task SayWhyAsync(Refusal refusal, CancellationToken cancel)
    {
        var alert = TlsAlert.For(refusal);
        if (alert.IsEmpty) return;
        try
        {
            await _wire.WriteAsync(alert, cancel).ConfigureAwait(false);
            _accepted.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception fault) when (TlsFacts.IsPeersDoing(fault))
        {
            // The client has left.
        }
    }

    void LearnCertificate()
    {
        if (_check.Certificate is { } certificate) Facts = Facts with { CertificateSha256 = TlsFacts.Sha256(certificate) };
    }

    Refused Explain(Exception fault, CancellationToken cancel)
    {
        if (_check.Refused is { } refused) return refused;
        if (cancel.IsCancellationRequested) return new(Refusal.TlsHandshakeTooSlow, "the deadline passed during the handshake");
        return new(Refusal.TlsHandshakeFailed, TlsFacts.Innermost(fault));
    }
}
