using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// Stands in for the library's own chain verification: the chain that the peer sent is built and judged by managed code, in the middle of
/// the handshake, so that neither side's application bytes pass before it. What is wrong reaches the peer as the fitting alert.
/// SSL_CTX_set_cert_verify_callback(3).
/// </summary>
static unsafe class PeerVerification
{
    const int Rejected = 0;
    const int Accepted = 1;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int Verify(nint store, nint argument)
    {
        try
        {
            var ssl = LibCrypto.X509_STORE_CTX_get_ex_data(store, LibSsl.SSL_get_ex_data_X509_STORE_CTX_idx());
            if (Judge(store, HandshakeState.Of(ssl)) is not { } error) return Accepted;
            LibCrypto.X509_STORE_CTX_set_error(store, error);
            return Rejected;
        }
        catch (Exception)
        {
            // Nothing may be thrown through the library. What could not be judged is not trusted.
            LibCrypto.X509_STORE_CTX_set_error(store, VerifyError.NoLocalIssuer);
            return Rejected;
        }
    }

    /// <summary>A peer that sent no certificate is judged too.</summary>
    public static bool Accepts(PeerTerms terms) =>
        terms.Judge is { } judge && judge(terms, null, null, SslPolicyErrors.RemoteCertificateNotAvailable);

    /// <summary>Builds the peer's chain with these intermediates and has it judged; null when it is good. Remembers what a ticket needs.</summary>
    /// <param name="certificate">The peer's own.</param>
    /// <param name="intermediates">What the chain may be built with.</param>
    /// <param name="handshake">Holds who judges, and by which policy.</param>
    /// <param name="sender">Said to the judge; null: the terms.</param>
    public static VerifyError? Judge(
        X509Certificate2 certificate, X509Certificate2Collection intermediates, HandshakeState handshake, object? sender = null)
    {
        handshake.Learn(null);
        if (handshake.Peer is not { Policy: { } policy, Judge: { } judge }) return VerifyError.NoLocalIssuer;
        sender ??= handshake.Peer;
        var key = ChainKey.Of(certificate, intermediates, policy);
        if (handshake.Verified.Find(key, policy.VerificationTime) is not { } known)
            return Build(handshake.Verified.Earlier(key) ?? certificate, intermediates, key, handshake, policy, sender);
        if (!judge(sender, known.Certificate ?? certificate, known.Chain, known.Errors)) return Name(CertificateJudge.Judge(known.Chain).Fault);
        handshake.Learn(known);
        return null;
    }

    static VerifyError? Build(
        X509Certificate2 certificate, X509Certificate2Collection intermediates, ChainKey key, HandshakeState handshake, X509ChainPolicy policy,
        object sender)
    {
        X509Chain? chain = new() { ChainPolicy = policy.Clone() };
        try
        {
            chain.ChainPolicy.ExtraStore.AddRange(intermediates);
            var errors = chain.Build(certificate) ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors;
            if (!handshake.Peer.Judge!(sender, certificate, chain, errors)) return Name(CertificateJudge.Judge(chain).Fault);
            handshake.Learn(handshake.Verified.Add(key, chain, errors, policy.VerificationTime));
            chain = null;
            return null;
        }
        finally
        {
            if (chain is not null)
            {
                foreach (var element in chain.ChainElements) element.Certificate.Dispose();
                chain.Dispose();
            }
        }
    }

    static VerifyError? Judge(nint store, HandshakeState handshake)
    {
        var leaf = LibCrypto.X509_STORE_CTX_get0_cert(store);
        using var certificate = PeerCertificate.Share(leaf);
        var sent = LibCrypto.X509_STORE_CTX_get0_untrusted(store);
        var intermediates = new X509Certificate2Collection();
        try
        {
            for (var i = 0; i < LibCrypto.OPENSSL_sk_num(sent); i++)
            {
                var one = LibCrypto.OPENSSL_sk_value(sent, i);
                if (one != leaf) intermediates.Add(PeerCertificate.Share(one));
            }

            var error = Judge(certificate, intermediates, handshake);
            if (error is null && handshake.SharedCertificate is { } shared) KeepOnly(shared, store, sent);
            return error;
        }
        finally
        {
            foreach (var one in intermediates) one.Dispose();
        }
    }

    /// <summary>
    /// What the peer sent stays with the session as long as that lasts: 3 KiB for each certificate, most of it its key as the library computes with it. Of the
    /// peer's own an equal one is kept, which all its sessions share; the others have done their part.
    /// </summary>
    static void KeepOnly(X509Certificate2 shared, nint store, nint sent)
    {
        var leaf = LibCrypto.X509_STORE_CTX_get0_cert(store);
        if (LibCrypto.OPENSSL_sk_value(sent, 0) != leaf) return;
        while (LibCrypto.OPENSSL_sk_num(sent) > 1) LibCrypto.X509_free(LibCrypto.OPENSSL_sk_pop(sent));
        var kept = PeerCertificate.Share(shared);
        _ = LibCrypto.OPENSSL_sk_set(sent, 0, kept);
        LibCrypto.X509_STORE_CTX_set_cert(store, kept);
        LibCrypto.X509_free(leaf);
    }

    static VerifyError Name(CertificateFault fault) => fault switch
    {
        CertificateFault.Expired => VerifyError.HasExpired,
        CertificateFault.NotYetValid => VerifyError.NotYetValid,
        CertificateFault.Revoked => VerifyError.Revoked,
        CertificateFault.Misused => VerifyError.InvalidPurpose,
        CertificateFault.Untrusted => VerifyError.NoLocalIssuer,
        _ => VerifyError.HostnameMismatch,
    };
}
