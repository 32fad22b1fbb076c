using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Gateway.Actors.Tls.Revocation;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>One connection from its first byte to the end of its handshake.</summary>
sealed class OpenSslHandshake : IDisposable
{
    const int VerifyPeer = 1;

    /// <summary>TLSEXT_STATUSTYPE_ocsp of openssl/tls1.h.</summary>
    const int StatusTypeOcsp = 1;

    readonly Socket _socket;
    readonly SslHandle _ssl;
    readonly SslSession _session;
    HandshakeState? _state;
    SessionStock? _stock;
    bool _givesTicket;
    SocketReadiness? _readiness;
    bool _isPeerRequired;
    bool _asksStaple;
    bool _hasTaken;
    bool _isFinished;

    public OpenSslHandshake(SslContextHandle context, Socket socket)
    {
        socket.Blocking = false;
        _socket = socket;
        _ssl = SslHandle.For(context);
        _session = new SslSession(_ssl, socket);
    }

    public unsafe void BeServer(SslServerAuthenticationOptions terms, LegRules rules, TicketKeyRing tickets, VerifiedChains verified, ReadOnlySpan<byte> taken)
    {
        var judge = new PeerTerms(terms.CertificateChainPolicy, terms.RemoteCertificateValidationCallback);
        var protocol = terms.ApplicationProtocols is [var only, ..] ? only : (SslApplicationProtocol?)null;
        LibSsl.SSL_set_accept_state(_ssl);
        Begin(terms.EnabledSslProtocols, new HandshakeState(_ssl, tickets, verified, judge, protocol) { Staple = rules.Staple }, taken);
        Narrow(rules);
        fixed (byte* scope = rules.Scope.Span)
        {
            if (!rules.Scope.IsEmpty)
                OpenSslError.Check(LibSsl.SSL_set_session_id_context(_ssl, scope, (uint)rules.Scope.Length), nameof(LibSsl.SSL_set_session_id_context));
        }

        _givesTicket = terms.AllowTlsResume;
        if (!_givesTicket) _ = LibSsl.SSL_set_options(_ssl, SslOptions.NoTicket);

        _isPeerRequired = terms.ClientCertificateRequired;
        if (_isPeerRequired) LibSsl.SSL_set_verify(_ssl, VerifyPeer, 0);
    }

    public void BeClient(SslClientAuthenticationOptions terms, LegRules rules, TicketKeyRing tickets, VerifiedChains verified, SessionStocks stocks)
    {
        var judge = new PeerTerms(terms.CertificateChainPolicy, terms.RemoteCertificateValidationCallback);
        LibSsl.SSL_set_connect_state(_ssl);
        Begin(terms.EnabledSslProtocols, new HandshakeState(_ssl, tickets, verified, judge, protocol: null), taken: []);
        Narrow(rules);
        _isPeerRequired = true;
        _asksStaple = rules.AsksStaple;
        if (_asksStaple) OpenSslError.Check((int)LibSsl.SSL_ctrl(_ssl, ContextControl.SetStatusType, new(StatusTypeOcsp), 0).Value, "SSL_set_tlsext_status_type");
        LibSsl.SSL_set_verify(_ssl, VerifyPeer, 0);
        if (terms.ClientCertificateContext is { } own) OwnCertificate.Present(own, _ssl);
        // RFC 6066 section 3: a literal address is no server name.
        if (terms.TargetHost is { Length: > 0 } name && !IPAddress.TryParse(name, out _))
            OpenSslError.Check((int)LibSsl.SSL_ctrl(_ssl, ContextControl.SetHostName, new(0), name).Value, "SSL_set_tlsext_host_name");
        if (terms.ApplicationProtocols is { Count: > 0 } protocols) Offer(protocols);
        if (!rules.Scope.IsEmpty && judge.Policy is { } policy) Resume(stocks.Of(rules.Scope.Span, policy.VerificationTime));
    }

    /// <summary>To be called once, after one of the above. Owns <paramref name="readiness"/>, the socket's.</summary>
    public async Task<TlsLeg> RunAsync(SocketReadiness readiness, CancellationToken cancel)
    {
        _readiness = readiness;
        for (var outcome = _session.Handshake(); outcome != SslOutcome.Done; outcome = _session.Handshake())
            await WaitAsync(outcome, readiness.Reader, cancel).ConfigureAwait(false);
        var leg = Finish(readiness);
        if (!_givesTicket) return leg;
        // The library still asks it when the ticket is made.
        _state!.EndHandshake();
        _session.OweTicket(_state);
        _state = null;
        return leg;
    }

    /// <summary>Releases everything, unless the handshake went through.</summary>
    public void Dispose()
    {
        _state?.Dispose();
        if (_isFinished) return;
        _readiness?.Dispose();
        _session.Dispose();
        _socket.Dispose();
    }

    /// <summary>Where a server resumes, it proves nothing anew: what it proved then is judged by the rules and the clock of now before it is asked to.</summary>
    void Resume(SessionStock stock)
    {
        _stock = stock;
        stock.Collect(_ssl);
        if (stock.Intermediates is not { } intermediates) return;
        using var session = stock.Take();
        using var certificate = session?.Certificate();
        if (certificate is null || PeerVerification.Judge(certificate, intermediates, _state!, EarlierSession.Offer) is not null) return;
        OpenSslError.Check(LibSsl.SSL_set_session(_ssl, session!), nameof(LibSsl.SSL_set_session));
    }

    void Begin(SslProtocols versions, HandshakeState state, ReadOnlySpan<byte> taken)
    {
        _state = state;
        Limit(ContextControl.SetMinProtocol, versions.HasFlag(SslProtocols.Tls12) ? SslVersion.Tls12 : SslVersion.Tls13);
        Limit(ContextControl.SetMaxProtocol, versions.HasFlag(SslProtocols.Tls13) ? SslVersion.Tls13 : SslVersion.Tls12);
        _session.Attach(taken);
        _hasTaken = !taken.IsEmpty;
    }

    /// <summary>To what the connection says; all else stays as the context has it.</summary>
    void Narrow(LegRules rules)
    {
        if (rules.Suites is { } suites)
        {
            var (modern, older) = SuiteLists.Of(suites);
            OpenSslError.Check(LibSsl.SSL_set_ciphersuites(_ssl, modern), nameof(LibSsl.SSL_set_ciphersuites));
            // Without suites of TLS 1.2 that version is not offered either; the library takes no empty list.
            if (older.Length > 0) OpenSslError.Check(LibSsl.SSL_set_cipher_list(_ssl, older), nameof(LibSsl.SSL_set_cipher_list));
        }

        if (rules.Groups is { } groups) Narrow(ContextControl.SetGroupsList, groups);
        if (rules.SignatureAlgorithms is not { } signatures) return;
        Narrow(ContextControl.SetSignaturesList, signatures);
        // What this side asks of a certificate on the other.
        Narrow(ContextControl.SetClientSignaturesList, signatures);
    }

    void Narrow(ContextControl what, IReadOnlyList<string> names) =>
        OpenSslError.Check((int)LibSsl.SSL_ctrl(_ssl, what, new(0), string.Join(':', names)).Value, $"{what}");

    void Limit(ContextControl end, SslVersion version) =>
        OpenSslError.Check((int)LibSsl.SSL_ctrl(_ssl, end, new((int)version), 0).Value, $"{end}");

    unsafe void Offer(List<SslApplicationProtocol> protocols)
    {
        byte[] wire = [.. protocols.SelectMany(protocol => (byte[])[(byte)protocol.Protocol.Length, .. protocol.Protocol.Span])];
        // Unlike everywhere else, 0 is success.
        fixed (byte* start = wire)
            OpenSslError.Check(1 - LibSsl.SSL_set_alpn_protos(_ssl, start, (uint)wire.Length), nameof(LibSsl.SSL_set_alpn_protos));
    }

    ValueTask WaitAsync(SslOutcome outcome, SocketWait socket, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        switch (outcome)
        {
            case SslOutcome.WantsRead when _hasTaken:
                _hasTaken = false;
                _session.ReadFromSocket();
                return ValueTask.CompletedTask;
            case SslOutcome.WantsRead: return socket.For(Readiness.Read, cancel);
            case SslOutcome.WantsWrite: return socket.For(Readiness.Write, cancel);
            case SslOutcome.Failed: throw new AuthenticationException($"The TLS handshake failed: {_session.Fault}.") { HResult = _session.FaultCode };
            default: throw new EndOfStreamException("The peer left during the TLS handshake.");
        }
    }

    TlsLeg Finish(SocketReadiness readiness)
    {
        // What was read ahead is in the session by now: everything that follows comes from the socket.
        if (_hasTaken) _session.ReadFromSocket();
        var peer = OpenSslFacts.PeerSha256(_ssl);
        if (peer is null && _isPeerRequired && !PeerVerification.Accepts(_state!.Peer))
            throw new AuthenticationException("The peer sent no certificate.");
        _stock?.Learn(_state!.Intermediates);
        _isFinished = true;
        var isResumed = LibSsl.SSL_session_reused(_ssl) == 1;
        var stream = new OpenSslStream(_session, readiness, _socket);
        return new TlsLeg(stream, OpenSslFacts.Version(_ssl), OpenSslFacts.Suite(_ssl), peer, OpenSslFacts.Protocol(_ssl))
        {
            IsResumed = isResumed,
            // A server that resumes sends no certificate, and nothing of its responder: that is to be asked itself.
            Staple = _asksStaple && !isResumed ? new Staple(StapleCallback.Received(_ssl)) : null,
        };
    }
}
