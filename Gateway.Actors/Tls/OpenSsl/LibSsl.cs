using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>What the engine needs of <c>libssl</c> 3, by the names of its manual pages.</summary>
static unsafe partial class LibSsl
{
    public const string Name = "libssl.so.3";

    [LibraryImport(Name)]
    public static partial nint TLS_server_method();

    [LibraryImport(Name)]
    public static partial nint TLS_client_method();

    [LibraryImport(Name)]
    public static partial SslContextHandle SSL_CTX_new(nint method);

    [LibraryImport(Name)]
    public static partial void SSL_CTX_free(nint context);

    [LibraryImport(Name)]
    public static partial CLong SSL_CTX_ctrl(SslContextHandle context, ContextControl command, CLong number, nint argument);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial CLong SSL_CTX_ctrl(SslContextHandle context, ContextControl command, CLong number, string argument);

    [LibraryImport(Name)]
    public static partial ulong SSL_CTX_set_options(SslContextHandle context, SslOptions options);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_set_cipher_list(SslContextHandle context, string names);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_set_ciphersuites(SslContextHandle context, string names);

    [LibraryImport(Name)]
    public static partial int SSL_CTX_set_num_tickets(SslContextHandle context, nuint count);

    [LibraryImport(Name)]
    public static partial int SSL_CTX_set_session_id_context(SslContextHandle context, byte* id, uint length);

    [LibraryImport(Name)]
    public static partial void SSL_CTX_set_default_read_buffer_len(SslContextHandle context, nuint bytes);

    [LibraryImport(Name)]
    public static partial void SSL_CTX_set_cert_verify_callback(
        SslContextHandle context, delegate* unmanaged[Cdecl]<nint, nint, int> callback, nint argument);

    [LibraryImport(Name)]
    public static partial void SSL_CTX_set_alpn_select_cb(
        SslContextHandle context, delegate* unmanaged[Cdecl]<nint, byte**, byte*, byte*, uint, nint, int> callback, nint argument);

    [LibraryImport(Name)]
    public static partial int SSL_CTX_set_tlsext_ticket_key_evp_cb(
        SslContextHandle context, delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint, nint, int, int> callback);

    [LibraryImport(Name)]
    public static partial CLong SSL_CTX_callback_ctrl(SslContextHandle context, ContextControl command, delegate* unmanaged[Cdecl]<nint, nint, int> callback);

    [LibraryImport(Name)]
    public static partial int SSL_CTX_set_session_ticket_cb(
        SslContextHandle context, delegate* unmanaged[Cdecl]<nint, nint, int> seal,
        delegate* unmanaged[Cdecl]<nint, nint, byte*, nuint, TicketState, nint, TicketUse> open, nint argument);

    /// <summary>The library's own, as long as the connection has no other.</summary>
    [LibraryImport(Name)]
    public static partial nint SSL_get_session(nint ssl);

    [LibraryImport(Name)]
    public static partial int SSL_SESSION_set1_ticket_appdata(nint session, byte* data, nuint length);

    /// <summary>The session's own.</summary>
    [LibraryImport(Name)]
    public static partial int SSL_SESSION_get0_ticket_appdata(nint session, out byte* data, out nuint length);

    /// <summary>The session's own; 0 for none.</summary>
    [LibraryImport(Name)]
    public static partial nint SSL_SESSION_get0_peer(nint session);

    [LibraryImport(Name)]
    public static partial int SSL_SESSION_up_ref(KeptSession session);

    [LibraryImport(Name)]
    public static partial void SSL_SESSION_free(nint session);

    [LibraryImport(Name)]
    public static partial int SSL_SESSION_is_resumable(KeptSession session);

    [LibraryImport(Name)]
    public static partial int SSL_SESSION_get_protocol_version(KeptSession session);

    /// <summary>Takes a reference of its own.</summary>
    [LibraryImport(Name)]
    public static partial int SSL_set_session(SslHandle ssl, KeptSession session);

    /// <summary>The callback owns the session's reference when it returns 1.</summary>
    [LibraryImport(Name)]
    public static partial void SSL_CTX_sess_set_new_cb(SslContextHandle context, delegate* unmanaged[Cdecl]<nint, nint, int> callback);

    [LibraryImport(Name)]
    public static partial int SSL_set_session_id_context(SslHandle ssl, byte* id, uint length);

    [LibraryImport(Name)]
    public static partial int SSL_CTX_use_cert_and_key(SslContextHandle context, nint certificate, SafeHandle key, nint chain, int replace);

    [LibraryImport(Name)]
    public static partial SslHandle SSL_new(SslContextHandle context);

    [LibraryImport(Name)]
    [SuppressGCTransition]
    public static partial void SSL_set_shutdown(nint ssl, int mode);

    [LibraryImport(Name)]
    public static partial void SSL_free(nint ssl);

    [LibraryImport(Name)]
    public static partial int SSL_use_cert_and_key(SslHandle ssl, nint certificate, SafeHandle key, nint chain, int replace);

    [LibraryImport(Name)]
    public static partial CLong SSL_ctrl(SslHandle ssl, ContextControl command, CLong number, nint argument);

    [LibraryImport(Name)]
    public static partial CLong SSL_ctrl(nint ssl, ContextControl command, CLong number, nint argument);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial CLong SSL_ctrl(SslHandle ssl, ContextControl command, CLong number, string argument);

    [LibraryImport(Name)]
    public static partial ulong SSL_set_options(SslHandle ssl, SslOptions options);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_set_cipher_list(SslHandle ssl, string names);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_set_ciphersuites(SslHandle ssl, string names);

    [LibraryImport(Name)]
    public static partial int SSL_new_session_ticket(SslHandle ssl);

    /// <summary>1: buffers that hold nothing are free; 0: there is something in them.</summary>
    [LibraryImport(Name)]
    public static partial int SSL_free_buffers(SslHandle ssl);

    [LibraryImport(Name)]
    public static partial void SSL_set_verify(SslHandle ssl, int mode, nint callback);

    [LibraryImport(Name)]
    public static partial int SSL_set_alpn_protos(SslHandle ssl, byte* protocols, uint length);

    [LibraryImport(Name)]
    public static partial int SSL_set_ex_data(SslHandle ssl, int index, nint data);

    [LibraryImport(Name)]
    public static partial nint SSL_get_ex_data(nint ssl, int index);

    [LibraryImport(Name)]
    public static partial int SSL_get_ex_data_X509_STORE_CTX_idx();

    [LibraryImport(Name)]
    public static partial int SSL_set_fd(SslHandle ssl, SafeSocketHandle socket);

    [LibraryImport(Name)]
    public static partial int SSL_set_rfd(SslHandle ssl, SafeSocketHandle socket);

    /// <summary>Takes over the reference to the source.</summary>
    [LibraryImport(Name)]
    public static partial void SSL_set0_rbio(SslHandle ssl, nint source);

    /// <summary>The library's own.</summary>
    [LibraryImport(Name)]
    [SuppressGCTransition]
    public static partial nint SSL_get_rbio(SslHandle ssl);

    [LibraryImport(Name)]
    public static partial void SSL_set_accept_state(SslHandle ssl);

    [LibraryImport(Name)]
    public static partial void SSL_set_connect_state(SslHandle ssl);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int SSL_do_handshake(SslHandle ssl);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int SSL_read_ex(SslHandle ssl, byte* buffer, nuint length, out nuint count);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int SSL_peek_ex(SslHandle ssl, byte* buffer, nuint length, out nuint count);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int SSL_write_ex(SslHandle ssl, byte* buffer, nuint length, out nuint count);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int SSL_shutdown(SslHandle ssl);

    [LibraryImport(Name)]
    [SuppressGCTransition]
    public static partial SslError SSL_get_error(SslHandle ssl, int result);

    [LibraryImport(Name)]
    [SuppressGCTransition]
    public static partial int SSL_has_pending(SslHandle ssl);

    [LibraryImport(Name)]
    public static partial int SSL_session_reused(SslHandle ssl);

    [LibraryImport(Name)]
    public static partial int SSL_version(SslHandle ssl);

    [LibraryImport(Name)]
    public static partial nint SSL_get_current_cipher(SslHandle ssl);

    [LibraryImport(Name)]
    public static partial nint SSL_CIPHER_standard_name(nint cipher);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint OPENSSL_cipher_name(string standardName);

    [LibraryImport(Name)]
    public static partial void SSL_get0_alpn_selected(SslHandle ssl, out nint protocol, out uint length);

    [LibraryImport(Name)]
    public static partial nint SSL_get1_peer_certificate(SslHandle ssl);
}
