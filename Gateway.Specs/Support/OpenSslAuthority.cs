using System.Diagnostics;

namespace Gateway.Specs.Support;

/// <summary>An authority kept by <c>openssl ca</c>, with revocation lists and a responder, as people run one.</summary>
sealed class OpenSslAuthority : IAsyncDisposable
{
    readonly ConfigurationFolder _folder = new();
    readonly int _port = FreePort.Next();
    readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Process? _responder;

    public string CertificateFile => _folder.PathOf("ca.crt");

    public string ListFile => _folder.PathOf("ca.crl");

    public static async Task<OpenSslAuthority> MakeAsync()
    {
        var authority = new OpenSslAuthority();
        var folder = authority._folder;
        folder.Write("index.txt", "");
        folder.Write("serial", "1000\n");
        folder.Write("crlnumber", "01\n");
        folder.Write("ca.cnf", $"""
            [ca]
            default_ca = it
            [it]
            database = {folder.PathOf("index.txt")}
            new_certs_dir = {folder.Root}
            serial = {folder.PathOf("serial")}
            crlnumber = {folder.PathOf("crlnumber")}
            default_md = sha256
            default_days = 2
            default_crl_days = 2
            policy = any
            unique_subject = no
            [any]
            commonName = supplied
            [client]
            extendedKeyUsage = clientAuth
            authorityInfoAccess = OCSP;URI:http://127.0.0.1:{authority._port}/
            [server]
            extendedKeyUsage = serverAuth
            subjectAltName = DNS:localhost,IP:127.0.0.1
            authorityInfoAccess = OCSP;URI:http://127.0.0.1:{authority._port}/
            [stapling]
            extendedKeyUsage = serverAuth
            subjectAltName = DNS:localhost,IP:127.0.0.1
            authorityInfoAccess = OCSP;URI:http://127.0.0.1:{authority._port}/
            tlsfeature = status_request
            [responder]
            extendedKeyUsage = OCSPSigning
            """);
        await RunAsync("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", folder.PathOf("ca.key"));
        await RunAsync(
            "req", "-x509", "-new", "-key", folder.PathOf("ca.key"), "-sha256", "-days", "30", "-subj", "/CN=OpenSSL CA", "-out", folder.PathOf("ca.crt"),
            "-addext", "keyUsage=critical,keyCertSign,cRLSign");
        return authority;
    }

    /// <summary>
    /// What the responder says now of a certificate, as a file to be stapled; it is written without asking anybody.
    /// </summary>
    public async Task<string> AnswerAsync(string certificate)
    {
        var (request, answer) = ($"{certificate}.ocsp-request", $"{certificate}.ocsp");
        var (signer, key) = await IssueAsync("responder", $"stapler-{Path.GetFileNameWithoutExtension(certificate)}");
        await RunAsync("ocsp", "-issuer", CertificateFile, "-cert", certificate, "-no_nonce", "-reqout", request);
        await RunAsync(
            "ocsp", "-index", _folder.PathOf("index.txt"), "-CA", CertificateFile, "-rsigner", signer, "-rkey", key, "-ndays", "1", "-reqin", request, "-respout", answer);
        return answer;
    }

    /// <summary>
    /// Issues a certificate of one of the kinds client, server, stapling (a server's that promises to staple) and responder; returns the files of certificate and key.</summary>
    public async Task<(string Certificate, string Key)> IssueAsync(string kind, string name)
    {
        var (key, request, certificate) = (_folder.PathOf($"{name}.key"), _folder.PathOf($"{name}.csr"), _folder.PathOf($"{name}.crt"));
        await RunAsync("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key);
        await RunAsync("req", "-new", "-key", key, "-subj", $"/CN={name}", "-out", request);
        await CaAsync("-batch", "-notext", "-extensions", kind, "-in", request, "-out", certificate);
        return (certificate, key);
    }

    public Task RevokeAsync(string certificate) => CaAsync("-revoke", certificate);

    /// <summary>Strikes whatever was issued so far out of the books: a responder that is started after this knows none of it.</summary>
    public void ForgetAll() => _folder.Write("index.txt", "");

    /// <summary>Writes a list of what is revoked now.</summary>
    public Task WriteListAsync() => CaAsync("-gencrl", "-out", ListFile);

    /// <summary>Starts the responder; it answers by what is revoked at this moment.</summary>
    public async Task RespondAsync()
    {
        var (certificate, key) = await IssueAsync("responder", "responder");
        _responder = Process.Start(new ProcessStartInfo(
            Tool.Path("openssl"),
            ["ocsp", "-index", _folder.PathOf("index.txt"), "-port", $"{_port}", "-rsigner", certificate, "-rkey", key, "-CA", CertificateFile, "-ndays", "1"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        // Not by connecting: it waits for a question on every connection, one at a time and without end.
        _responder.OutputDataReceived += (_, line) => Listen(line.Data);
        _responder.ErrorDataReceived += (_, line) => Listen(line.Data);
        _responder.BeginErrorReadLine();
        _responder.BeginOutputReadLine();
        await _listening.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public async ValueTask DisposeAsync()
    {
        if (_responder is { } responder)
        {
            if (!responder.HasExited) responder.Kill();
            await responder.WaitForExitAsync();
            responder.Dispose();
        }

        _folder.Dispose();
    }

    Task CaAsync(params string[] arguments) => RunAsync(
        ["ca", "-config", _folder.PathOf("ca.cnf"), "-cert", _folder.PathOf("ca.crt"), "-keyfile", _folder.PathOf("ca.key"), .. arguments]);

    void Listen(string? line)
    {
        if (line?.Contains("waiting for OCSP client connections", StringComparison.Ordinal) == true) _listening.TrySetResult();
    }

    static async Task RunAsync(params string[] arguments)
    {
        var run = await Tool.RunAsync("openssl", arguments);
        if (run.ExitCode != 0) throw new InvalidOperationException($"openssl {string.Join(' ', arguments)}: {run.Output}");
    }
}
