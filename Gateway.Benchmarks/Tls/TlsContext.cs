using System.Security.Authentication;

namespace Gateway.Benchmarks.Tls;

/// <summary>
/// What all connections of one side share. TLS 1.3 with AES-128-GCM only, which every relay speaks, so that nobody wins by a cheaper
/// cipher.
/// </summary>
sealed unsafe class TlsContext : IDisposable
{
    public const string Suite = "TLS_AES_128_GCM_SHA256";

    const int ReadBuffer = 64 * 1024;

    TlsContext(nint handle, bool isClient) => (Handle, IsClient) = (handle, isClient);

    public nint Handle { get; }

    public bool IsClient { get; }

    /// <summary>A client that verifies the server's chain and name and presents a certificate of its own.</summary>
    public static TlsContext Client(CertificateFiles files)
    {
        var context = New(LibSsl.ClientMethod(), files.ClientCertificate, files.ClientKey, isClient: true);
        Ensure(LibSsl.TrustFile(context.Handle, files.Authority), "trust the authority");
        LibSsl.SetVerify(context.Handle, LibSsl.VerifyPeer, 0);
        return context;
    }

    /// <summary>A server. Without tickets no client can resume.</summary>
    public static TlsContext Server(CertificateFiles files, bool givesTickets = true)
    {
        var context = New(LibSsl.ServerMethod(), files.ServerCertificate, files.ServerKey, isClient: false);
        byte id = 1;
        Ensure(LibSsl.SetSessionContext(context.Handle, &id, 1), "name the session context");
        if (!givesTickets) Ensure(LibSsl.SetTickets(context.Handle, 0), "give no tickets");
        return context;
    }

    public void Dispose() => LibSsl.FreeContext(Handle);

    static TlsContext New(nint method, string certificate, string key, bool isClient)
    {
        var handle = LibSsl.NewContext(method);
        Ensure(handle == 0 ? 0 : 1, "make a context");
        Ensure((int)LibSsl.ControlContext(handle, LibSsl.CtrlMinimumVersion, LibSsl.Tls13, 0), "demand TLS 1.3");
        Ensure(LibSsl.SetSuites(handle, Suite), "choose the cipher suite");
        Ensure(LibSsl.UseCertificate(handle, certificate), $"load {certificate}");
        Ensure(LibSsl.UseKey(handle, key, LibSsl.FilePem), $"load {key}");
        LibSsl.ControlContext(handle, LibSsl.CtrlMode, LibSsl.ModeStreaming, 0);
        // One recv for several records: the measuring side is to cost as little as it can.
        LibSsl.ControlContext(handle, LibSsl.CtrlReadAhead, 1, 0);
        LibSsl.SetReadBuffer(handle, ReadBuffer);
        return new TlsContext(handle, isClient);
    }

    static void Ensure(int result, string what)
    {
        if (result != 1) throw new AuthenticationException($"OpenSSL could not {what}: {LibSsl.LastError()}");
    }
}
