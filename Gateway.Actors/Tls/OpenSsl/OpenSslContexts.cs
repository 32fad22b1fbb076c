using System.Net.Security;
using System.Runtime.CompilerServices;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// What connections share, the same for all of them: suites, groups, no renegotiation, tickets by our keys. One for clients; for servers
/// one per certificate, which goes when the certificate does.
/// </summary>
sealed unsafe class OpenSslContexts(IReadOnlyList<TlsCipherSuite> suites)
{
    /// <summary>Preferred first; the hybrid against quantum computers where the library has it (3.5 and later).</summary>
    const string ModernGroups = "X25519MLKEM768:X25519:P-256:P-384";
    const string Groups = "X25519:P-256:P-384";

    /// <summary>Bytes taken off a socket at once: four full records with their headers and tags, so that bulk needs few calls.</summary>
    const int ReadAhead = 4 * (16 * 1024 + 5 + 256);

    const SslMode Modes = SslMode.PartialWrite | SslMode.MovingWriteBuffer | SslMode.AutoRetry | SslMode.ReleaseBuffers;

    readonly ConditionalWeakTable<SslStreamCertificateContext, SslContextHandle> _servers = [];
    readonly Lazy<SslContextHandle> _client = new(() => CreateClient(suites));

    public SslContextHandle Client => _client.Value;

    public SslContextHandle Server(SslStreamCertificateContext own) => _servers.GetValue(own, CreateServer);

    // Sessions that servers give are kept by us, by what they were agreed under.
    static SslContextHandle CreateClient(IReadOnlyList<TlsCipherSuite> suites)
    {
        var context = Create(LibSsl.TLS_client_method(), suites);
        _ = LibSsl.SSL_CTX_ctrl(context, ContextControl.SetSessionCacheMode, new((int)(SessionCache.Client | SessionCache.NoInternal)), 0);
        LibSsl.SSL_CTX_sess_set_new_cb(context, &SessionStock.Keep);
        return context;
    }

    SslContextHandle CreateServer(SslStreamCertificateContext own)
    {
        var context = Create(LibSsl.TLS_server_method(), suites);
        OwnCertificate.Present(own, context);
        LibSsl.SSL_CTX_set_alpn_select_cb(context, &AlpnCallback.Select, 0);
        OpenSslError.Check(LibSsl.SSL_CTX_set_tlsext_ticket_key_evp_cb(context, &TicketCallback.Use), "The ticket callback");
        OpenSslError.Check(
            LibSsl.SSL_CTX_set_session_ticket_cb(context, &ResumedPeer.Seal, &ResumedPeer.Open, 0), nameof(LibSsl.SSL_CTX_set_session_ticket_cb));
        OpenSslError.Check(
            (int)LibSsl.SSL_CTX_callback_ctrl(context, ContextControl.SetStatusCallback, &StapleCallback.Answer).Value, "SSL_CTX_set_tlsext_status_cb");
        // None with the handshake: a client that only sends would leave it unread, and its system would reset the connection when it closes. SslSession sends
        // one with the first bytes that the client is there to read.
        OpenSslError.Check(LibSsl.SSL_CTX_set_num_tickets(context, 0), nameof(LibSsl.SSL_CTX_set_num_tickets));
        fixed (byte* id = "gateway"u8)
            OpenSslError.Check(LibSsl.SSL_CTX_set_session_id_context(context, id, 7), nameof(LibSsl.SSL_CTX_set_session_id_context));
        return context;
    }

    static SslContextHandle Create(nint method, IReadOnlyList<TlsCipherSuite> suites)
    {
        LibCrypto.ERR_clear_error();
        var context = LibSsl.SSL_CTX_new(method);
        if (context.IsInvalid) throw OpenSslError.Take(nameof(LibSsl.SSL_CTX_new));
        var (modern, older) = SuiteLists.Of(suites);
        OpenSslError.Check(LibSsl.SSL_CTX_set_ciphersuites(context, modern), nameof(LibSsl.SSL_CTX_set_ciphersuites));
        OpenSslError.Check(LibSsl.SSL_CTX_set_cipher_list(context, older), nameof(LibSsl.SSL_CTX_set_cipher_list));
        if (Set(context, ContextControl.SetGroupsList, ModernGroups) != 1)
        {
            LibCrypto.ERR_clear_error();
            OpenSslError.Check((int)Set(context, ContextControl.SetGroupsList, Groups), "SSL_CTX_set1_groups_list");
        }

        _ = LibSsl.SSL_CTX_set_options(context, SslOptions.NoRenegotiation | SslOptions.NoCompression | SslOptions.ServerPreference | SslOptions.PrioritizeChaCha);
        _ = LibSsl.SSL_CTX_ctrl(context, ContextControl.Mode, new((int)Modes), 0);
        _ = LibSsl.SSL_CTX_ctrl(context, ContextControl.SetReadAhead, new(1), 0);
        _ = LibSsl.SSL_CTX_ctrl(context, ContextControl.SetSessionCacheMode, new(0), 0);
        LibSsl.SSL_CTX_set_default_read_buffer_len(context, ReadAhead);
        LibSsl.SSL_CTX_set_cert_verify_callback(context, &PeerVerification.Verify, 0);
        return context;
    }

    /// <summary>True when the library has that group.</summary>
    public static bool HasGroup(string name)
    {
        using var context = LibSsl.SSL_CTX_new(LibSsl.TLS_client_method());
        var has = Set(context, ContextControl.SetGroupsList, name) == 1;
        LibCrypto.ERR_clear_error();
        return has;
    }

    static nint Set(SslContextHandle context, ContextControl command, string value) =>
        LibSsl.SSL_CTX_ctrl(context, command, new(0), value).Value;
}
