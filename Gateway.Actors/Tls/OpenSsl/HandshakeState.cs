using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// What the library's callbacks have to know of the connection that they are called for. Attached to it while its handshake runs.
/// </summary>
sealed class HandshakeState : IDisposable
{
    /// <summary>SSL_set_app_data(3) is index 0.</summary>
    const int AppData = 0;

    readonly SslHandle _ssl;
    GCHandle _self;
    PeerTerms? _peer;

    public HandshakeState(SslHandle ssl, TicketKeyRing ticketKeys, VerifiedChains verified, PeerTerms peer, SslApplicationProtocol? protocol)
    {
        (_ssl, TicketKeys, Verified, _peer, Protocol) = (ssl, ticketKeys, verified, peer, protocol);
        _self = GCHandle.Alloc(this);
        OpenSslError.Check(LibSsl.SSL_set_ex_data(ssl, AppData, GCHandle.ToIntPtr(_self)), nameof(LibSsl.SSL_set_ex_data));
    }

    public TicketKeyRing TicketKeys { get; }

    /// <summary>Chains that other handshakes found good.</summary>
    public VerifiedChains Verified { get; }

    /// <exception cref="InvalidOperationException">The handshake is over: nobody is judged any more.</exception>
    public PeerTerms Peer => _peer ?? throw new InvalidOperationException("The handshake is over.");

    /// <summary>
    /// The intermediates of the peer's verified chain, as its ticket carries them; null as long as no chain was verified, or when they are too
    /// long to be carried.
    /// </summary>
    public byte[]? Intermediates { get; private set; }

    /// <summary>The peer's certificate as other sessions have it too; null as long as no chain of it was verified.</summary>
    public X509Certificate2? SharedCertificate { get; private set; }

    /// <summary>What clients that ask are told of this side's certificate; null for nothing.</summary>
    public byte[]? Staple { get; init; }

    /// <summary>The application protocol to confirm to a client that offers it.</summary>
    public SslApplicationProtocol? Protocol { get; }

    public static HandshakeState Of(nint ssl) => (HandshakeState)GCHandle.FromIntPtr(LibSsl.SSL_get_ex_data(ssl, AppData)).Target!;

    /// <summary>The peer's chain is this one; null: none was verified.</summary>
    public void Learn(VerifiedChain? chain) => (Intermediates, SharedCertificate) = (chain?.Intermediates, chain?.Certificate);

    /// <summary>
    /// What is still asked of it is what a ticket takes, once there is something to say to the client. Until then, maybe for days, it holds no more than that.
    /// </summary>
    public void EndHandshake() => (_peer, SharedCertificate) = (null, null);

    public void Dispose()
    {
        if (!_self.IsAllocated) return;
        if (!_ssl.IsClosed) _ = LibSsl.SSL_set_ex_data(_ssl, AppData, 0);
        _self.Free();
    }
}

/// <summary>How the peer's certificate is to be judged: .NET's own two parts of it, so that both engines judge alike.</summary>
sealed record PeerTerms(X509ChainPolicy? Policy, RemoteCertificateValidationCallback? Judge);
