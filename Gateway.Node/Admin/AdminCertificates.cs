using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Identify;
using Gateway.Actors.Tls;
using Gateway.Actors.Tls.Revocation;
using Gateway.Protocols;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Node.Admin;

/// <summary>
/// Client certificates at the admin API, for callers that bring no token. The handshake asks for one where authorities are configured and demands none: a
/// browser comes with whatever certificate it has, or without. Whether it is good is judged in the handshake, and told by the answer to a request, so that
/// whoever is refused learns that in words, and is counted.
/// </summary>
sealed class AdminCertificates(AdminOptions admin, CertificateRevocation revocation, TimeProvider time, ILogger<AdminCertificates> log)
{
    readonly RevocationRules _revocation = admin.ClientCertificates.RevocationRules;
    readonly IReadOnlyList<SubjectRule> _subjects = [.. admin.ClientCertificates.Subjects.Select(subject => subject.Rule)];

    readonly AdminAuthorities? _authorities = admin.ClientCertificates.AuthoritiesFile is { } file ? new(file, time, log) : null;

    public bool AreTaken => _authorities is not null;

    /// <summary>Whether a certificate came with the connection, a good one or not.</summary>
    public static bool IsShown(HttpContext http) => Shown(http) is not null;

    /// <summary>The certificate of the connection, whose key its client holds; null when it showed none.</summary>
    public static X509Certificate2? Shown(HttpContext http) => http.Features.Get<ShownCertificate>()?.Check.Certificate;

    /// <summary>Has a handshake that begins now ask for a certificate, if any are taken.</summary>
    public void Ask(BaseConnectionContext connection, SslServerAuthenticationOptions tls)
    {
        if (_authorities is null) return;
        var check = new ClientCertificateCheck(Rules(_authorities.Current), time.GetUtcNow());
        connection.Features.Set(new ShownCertificate(check));
        tls.ClientCertificateRequired = true;
        tls.CertificateChainPolicy = check.Policy();
        // A ticket would bring the client's certificate back without its intermediates.
        tls.AllowTlsResume = false;
        tls.RemoteCertificateValidationCallback = (sender, sent, chain, errors) => check.Judge(sender, sent, chain, errors) || true;
    }

    /// <summary>Wraps a connection: what the handshake kept of the certificate ends with it.</summary>
    public static async Task KeepAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Features.Get<ShownCertificate>()?.Dispose();
        }
    }

    /// <summary>
    /// Whom the certificate names, by the rules that connections use; judged anew for every request but for its chain: a connection outlives revocations and
    /// the certificate itself. Only where <see cref="IsShown"/>.
    /// </summary>
    public async Task<Verdict<Identity>> IdentifyAsync(HttpContext http)
    {
        var check = http.Features.Get<ShownCertificate>()!.Check;
        var certificate = check.Certificate!;
        if (check.Refused is { } refused) return refused;
        if (await RevokedAsync(certificate, check.Issuer, http.RequestAborted) is { } revoked) return revoked;
        var read = CertificateIdentity.Read(certificate, _subjects);
        if (!read.IsGranted) return new Refused(read.Refusal, read.Detail);
        return read.Value.Expires <= time.GetUtcNow()
            ? new Refused(Refusal.ClientCertificateExpired, $"it expired at {read.Value.Expires:u}")
            : Identification.Of(read.Value, certificate);
    }

    async Task<Refused?> RevokedAsync(X509Certificate2 certificate, X509Certificate2? issuer, CancellationToken cancel) =>
        await revocation.ObjectionAsync(certificate, issuer, _revocation, "the admin API", cancel) is { } found ? found.OfClient() : null;

    ClientTls Rules(X509Certificate2Collection authorities) => new()
    {
        AllowTls12 = true,
        ServerNames = [],
        ClientCertificate = ClientCertificateRule.Optional,
        ClientAuthorities = authorities,
        Revocation = _revocation,
    };

    /// <summary>What a connection's handshake found.</summary>
    sealed class ShownCertificate(ClientCertificateCheck check) : IDisposable
    {
        public ClientCertificateCheck Check => check;

        public void Dispose()
        {
            check.Certificate?.Dispose();
            check.Issuer?.Dispose();
        }
    }
}
