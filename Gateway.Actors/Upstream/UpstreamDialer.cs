using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Gateway.Actors.Authorize;
using Gateway.Actors.Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls;
using Gateway.Actors.Tls.Revocation;
using Gateway.Protocols;

namespace Gateway.Actors.Upstream;

/// <summary>
/// Dials the upstream of a grant and verifies it. Takes a <see cref="Grant"/>, so that nothing is dialled for somebody without one; sends
/// nothing but the handshake.
/// </summary>
public sealed class UpstreamDialer(ITlsEngine engine, CertificateRevocation revocation, INodeCertificates? certificates = null)
{
    /// <inheritdoc cref="DialAsync(Grant, ValueTuple{string, int}?, TimeProvider, CancellationToken)"/>
    public Task<Verdict<UpstreamConnection>> DialAsync(Grant grant, TimeProvider time, CancellationToken cancel) => DialAsync(grant, node: null, time, cancel);

    /// <summary>Does not throw for anything an upstream can do; when <paramref name="cancel"/> fires, it was too slow.</summary>
    /// <param name="grant">Who may.</param>
    /// <param name="node">The broker's address where the connection leads to one of several; null: the connection's upstream.</param>
    /// <param name="time">The clock by which certificates are judged.</param>
    /// <param name="cancel">The deadline.</param>
    public async Task<Verdict<UpstreamConnection>> DialAsync(Grant grant, (string Host, int Port)? node, TimeProvider time, CancellationToken cancel)
    {
        var dialled = await DialAsync(Target(grant.Profile.Upstream, node), grant.Subject.Connection.Stream, mayResume: true, time, static () => { }, cancel).ConfigureAwait(false);
        if (!dialled.IsGranted) return new Refused(dialled.Refusal, dialled.Detail);
        return dialled.Value.Leg is { } leg
            ? new UpstreamConnection(grant, dialled.Value.Socket, leg)
            : new UpstreamConnection(grant, dialled.Value.Socket, dialled.Value.Stream);
    }

    // A broker proves to be the host that its cluster calls it, unless operators named what all certificates of the cluster carry.
    static UpstreamTarget Target(UpstreamTarget upstream, (string Host, int Port)? node) => node is not var (host, port)
        ? upstream
        : upstream with { Host = host, Port = port, ServerName = upstream.ServerName == upstream.Host ? host : upstream.ServerName };

    /// <summary>For <see cref="UpstreamProbe"/>: the same for nobody, on an operator's order, with a full handshake. Calls <paramref name="connected"/> before TLS.</summary>
    internal Task<Verdict<DialledUpstream>> DialAsync(UpstreamTarget target, TimeProvider time, Action connected, CancellationToken cancel) =>
        DialAsync(target, beside: null, mayResume: false, time, connected, cancel);

    async Task<Verdict<DialledUpstream>> DialAsync(
        UpstreamTarget target, Stream? beside, bool mayResume, TimeProvider time, Action connected, CancellationToken cancel)
    {
        var own = Own(target);
        if (!own.IsGranted) return new Refused(own.Refusal, own.Detail);
        Socket? socket = null;
        var isDialled = false;
        try
        {
            socket = await engine.DialAsync(target.Host, target.Port, beside, cancel).ConfigureAwait(false);
            socket.NoDelay = true;
            connected();
            var verdict = target.Plaintext
                ? new DialledUpstream(socket, engine.Wire(socket), null)
                : await SecureAsync(
                    target, own.Value.Context, socket, beside, mayResume, new UpstreamCertificateCheck(target, time.GetUtcNow()), cancel).ConfigureAwait(false);
            isDialled = verdict.IsGranted;
            return verdict;
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            return cancel.IsCancellationRequested
                ? new Refused(Refusal.UpstreamTooSlow, $"{target.Host}:{target.Port} did not answer in time")
                : new Refused(Refusal.UpstreamUnreachable, $"{target.Host}:{target.Port}: {fault.Message}");
        }
        finally
        {
            if (!isDialled) socket?.Dispose();
        }
    }

    async Task<Verdict<DialledUpstream>> SecureAsync(
        UpstreamTarget target, SslStreamCertificateContext? own, Socket socket, Stream? beside, bool mayResume, UpstreamCertificateCheck check,
        CancellationToken cancel)
    {
        var rules = TlsPolicy.LegRulesOf(target.Rules) with
        {
            AsksStaple = target.Revocation.Rule != RevocationRule.None,
            Scope = mayResume ? ResumptionScope.Of(target, own?.TargetCertificate) : default,
        };
        try
        {
            var leg = await engine.ConnectAsync(socket, Options(target, own, check), rules, beside, cancel).ConfigureAwait(false);
            try
            {
                if ((check.Refused ?? await RevokedAsync(target, check, leg.Staple, cancel).ConfigureAwait(false)) is not { } unfit)
                    return new DialledUpstream(socket, leg.Stream, leg);
                leg.Stream.Dispose();
                return unfit;
            }
            catch
            {
                leg.Stream.Dispose();
                throw;
            }
        }
        catch (Exception fault) when (TlsFacts.IsPeersDoing(fault))
        {
            if (check.Refused is { } refused) return refused;
            return cancel.IsCancellationRequested
                ? new Refused(Refusal.UpstreamTooSlow, "the upstream did not finish the handshake in time")
                : Explain(fault);
        }
    }

    static Refused Explain(Exception fault) => new(
        TlsAlert.OfUpstream(fault, Refusal.UpstreamTlsFailed), TlsFacts.Innermost(fault));

    // Asked before the gateway says anything there, its login least of all.
    async Task<Refused?> RevokedAsync(UpstreamTarget target, UpstreamCertificateCheck check, Staple? staple, CancellationToken cancel)
    {
        if (check.Verified is not var (certificate, issuer)) return null;
        using (certificate)
        using (issuer)
        {
            var whose = $"{target.Host}:{target.Port}";
            return await revocation.ObjectionAsync(certificate, issuer, target.Revocation, whose, cancel, staple).ConfigureAwait(false) switch
            {
                null => null,
                { State: RevocationState.Revoked } found => new(Refusal.UpstreamCertificateRevoked, found.Detail),
                { State: RevocationState.BadStaple } found => new(Refusal.UpstreamStapleInvalid, found.Detail),
                { } found => new(Refusal.UpstreamRevocationUnknown, found.Detail),
            };
        }
    }

    static SslClientAuthenticationOptions Options(UpstreamTarget target, SslStreamCertificateContext? own, UpstreamCertificateCheck check) => new()
    {
        TargetHost = target.ServerName,
        EnabledSslProtocols = target.AllowTls12 ? SslProtocols.Tls13 | SslProtocols.Tls12 : SslProtocols.Tls13,
        // TLS 1.3 alone needs no list, and without one the engine keeps its context from session to session.
        CipherSuitesPolicy = TlsPolicy.SuitesOf(target.Rules, target.AllowTls12),
        AllowRenegotiation = false,
        ClientCertificateContext = own,
        CertificateChainPolicy = check.Policy(),
        RemoteCertificateValidationCallback = check.Judge,
    };

    // Looked for before anything is dialled: an upstream is not met with less than it is to be shown.
    Verdict<OwnProof> Own(UpstreamTarget target)
    {
        if (target.Certificate is not { } name)
        {
            return new OwnProof(
                target.ClientCertificate is { } own ? SslStreamCertificateContext.Create(own, additionalCertificates: null, offline: true) : null);
        }

        if (certificates?.Find(name) is not { } found)
            return new Refused(Refusal.GatewayCertificateUnavailable, $"this node looks after no certificate, and {name} is asked for");
        return found.IsGranted ? new OwnProof(found.Value) : new Refused(found.Refusal, found.Detail);
    }

    /// <summary>What the upstream is shown; null: nothing.</summary>
    sealed record OwnProof(SslStreamCertificateContext? Context);
}

/// <summary>A verified leg to an upstream; <paramref name="Leg"/> is null without TLS. Owns stream and socket.</summary>
internal sealed record DialledUpstream(Socket Socket, Stream Stream, TlsLeg? Leg) : IDisposable
{
    public void Dispose()
    {
        Stream.Dispose();
        Socket.Dispose();
    }
}
